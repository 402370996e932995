package registry

import "github.com/xuri/excelize/v2"

// readmeLines explain the workbook in both languages.
func readmeLines() [][2]string {
	return [][2]string{
		{"本工作簿用于导入、导出数据出境申报（备案、认证、豁免）记录。", "This workbook imports and exports filings: approved permissions to send data abroad."},
		{"filings 每个申报一行；recipients、items、links 每个接收方、数据项、链路一行，用 filing_id 关联。", "One row a filing in filings; one row each recipient, item and link in the other sheets, joined by filing_id."},
		{"第 1 行是字段名，不可改；第 2 行是中文名；从第 3 行开始填写。列的顺序可变，列不可缺。", "Row 1 holds the field names and stays; row 2 the labels; data begins in row 3. Columns may be in any order, none may be missing."},
		{"编号为“示例 SAMPLE”的行是示例，导入时不读取，可以删除。", "Rows whose filing_id is 示例 SAMPLE are samples: they are not read and may be deleted."},
		{"列表（list）写在一个单元格中，用 ; 或 ；或换行分隔。成组的列（如 evidence.*）按条目一一对应。", "Lists stand in one cell, separated by ; or ； or line breaks. Columns that go together (as evidence.*) have their entries in the same order."},
		{"日期写作 2026-11-22 或 2026/11/22，或使用日期单元格；是否写 true/false 或 是/否。", "Dates as 2026-11-22 or 2026/11/22 or date cells; yes or no as true/false or 是/否."},
		{`含分号、首尾空格、或以引号开头的文字写成 "…"，其中的 " 写作 \"，\ 写作 \\。`, `A text with semicolons, blanks at its ends or a quote at its beginning is written "…", with \" for " and \\ for \ inside.`},
		{"信用代码、编号等长数字必须是文本格式，否则会被表格软件改成 9.13E+17。", "Long numbers as credit codes must be in text cells, or the program turns them into 9.13E+17."},
		{"不支持公式、合并单元格、宏和外部链接；隐藏的行也会读取。", "Formulas, merged cells, macros and external links are refused; hidden rows are read all the same."},
		{"只要有一处错误，全部不导入，并逐个指出单元格。先用 customs filing import --dry-run 检查。", "With a single fault nothing is imported and every faulty cell is named. Check with customs filing import --dry-run."},
		{"本软件只登记和执行主管部门已批准的内容，导入不代表批准。", "The register enforces what was approved elsewhere; importing approves nothing."},
	}
}

// readme writes the first sheet.
func (b *bookWriter) readme(tables []*sheetRows) error {
	if err := b.f.SetSheetName("Sheet1", sheetReadme); err != nil {
		return err
	}
	w, err := b.f.NewStreamWriter(sheetReadme)
	if err != nil {
		return err
	}
	for i, width := range []float64{14, 34, 30, 70, 60, 16} {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	line := 0
	put := func(style int, texts ...string) error {
		cells := make([]any, len(texts))
		for i, s := range texts {
			cells[i] = excelize.Cell{StyleID: style, Value: s}
		}
		line++
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		return w.SetRow(at, cells)
	}
	if err := put(b.head, "数据出境申报表", "Filings of data exports", "customs filing import"); err != nil {
		return err
	}
	for _, l := range readmeLines() {
		for _, text := range l {
			if err := put(b.text, text); err != nil {
				return err
			}
		}
	}
	if err := put(b.head, "表 sheet", "列 column", "中文名", "meaning", "取值 values", "必填 required"); err != nil {
		return err
	}
	for _, t := range tables {
		for _, c := range t.table.columns {
			must := ""
			if c.must {
				must = "是 yes"
			}
			values := c.choices()
			if c.date {
				values = "2026-11-22"
			}
			if err := put(b.text, t.table.name, c.name, c.zh, c.en, values, must); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}
