package check

import (
	"slices"
	"strings"
)

// The levels of an address, from the province to the room.
const (
	levelProvince = 1 << iota
	levelCity
	levelCounty
	levelTown
	levelRoad
	levelNumber
	levelRoom
)

// AddressParts is what a text that begins with an address says of it.
type AddressParts struct {
	Length int  // characters that belong to it
	Depth  int  // how many of the seven levels it names
	Known  bool // it names a province or city of GB/T 2260
	Number bool // a house, building or room has a number
}

type division struct {
	name  []rune
	level int
}

// divisions are the names of provinces and cities by their first character.
var divisions = func() map[rune][]division {
	m := map[rune][]division{}
	for names, level := range map[string]int{provinceNames: levelProvince, cityNames: levelCity} {
		for w := range strings.FieldsSeq(names) {
			r := []rune(w)
			m[r[0]] = append(m[r[0]], division{r, level})
		}
	}
	return m
}()

type addressWord struct {
	word  []rune
	level int
}

// addressWords end a part of an address; the longer stand before the shorter
// that ends them.
var addressWords = func() (out []addressWord) {
	add := func(level int, words string) {
		for w := range strings.FieldsSeq(words) {
			out = append(out, addressWord{[]rune(w), level})
		}
	}
	add(levelTown, "街道办事处 街道 社区 社區 苏木")
	add(levelRoad, "小区 小區 花园 花園 广场 廣場 公寓 大厦 大廈 家园 新村 大道 胡同 路 街 巷 弄 道 里 村 屯 苑 庄")
	add(levelProvince, "特别行政区 特別行政區 自治区 省")
	add(levelCity, "自治州 地区 市 盟")
	add(levelCounty, "自治县 自治旗 新区 区 區 县 縣 旗")
	add(levelTown, "镇 鎮 乡 鄉")
	add(levelNumber, "号院 號院 号 號")
	add(levelRoom, "号楼 號樓 单元 單元 栋 棟 幢 座 楼 樓 室 层 層 户 组 組 房")
	return out
}()

// houseLevels are the levels whose words follow a number.
const houseLevels = levelNumber | levelRoom

// partMost is how many characters a part of an address has at most.
const partMost = 12

// Address reads an address at the beginning of a text in Chinese.
func Address(r []rune) (a AddressParts) {
	seen, part := 0, 0
	for i := 0; i < len(r) && i-part <= partMost; {
		if r[i] == ' ' || r[i] == '\u3000' {
			if i == part {
				part++
			}
			i++
			continue
		}
		if delimits(r[i]) {
			break
		}
		n, level := placeName(r[i:])
		if known := n > 0 && i == part; known {
			a.Known = true
		} else if n, level = partEnd(r, part, i); n == 0 {
			i++
			continue
		}
		i += n
		part = i
		if level < seen&-seen {
			break // from the room back to the province: another address
		}
		seen |= level
		a.Length = i
		a.Number = a.Number || level&houseLevels != 0
	}
	if a.Number { // a bare number of a room
		for a.Length < len(r) && (r[a.Length] == '-' || r[a.Length] < 0x80 && Word(byte(r[a.Length]))) {
			a.Length++
		}
	}
	for ; seen != 0; seen &= seen - 1 {
		a.Depth++
	}
	return a
}

// placeSuffixes follow the names of provinces and cities.
var placeSuffixes = [][]rune{[]rune("省"), []rune("市"), []rune("特别行政区"), []rune("特別行政區"), []rune("自治区"), []rune("自治區"),
	[]rune("自治州"), []rune("地区"), []rune("盟")}

// placeName reads the name of a province or city, with what it ends in.
func placeName(r []rune) (n, level int) {
	for _, d := range divisions[r[0]] {
		if len(d.name) > n && len(d.name) <= len(r) && slices.Equal(r[:len(d.name)], d.name) {
			n, level = len(d.name), d.level
		}
	}
	if n == 0 {
		return 0, 0
	}
	for k := n; k < len(r) && k < n+10 && ideograph(r[k]); k++ { // 广西壮族自治区
		for _, w := range placeSuffixes {
			if len(w) <= len(r)-k && (k == n || w[0] == '自') && slices.Equal(r[k:k+len(w)], w) {
				return k + len(w), level
			}
		}
	}
	return n, level
}

// partEnd reads a word at i that ends the part which began at part.
func partEnd(r []rune, part, i int) (n, level int) {
	for _, w := range addressWords {
		if len(w.word) > len(r)-i || r[i] != w.word[0] || !slices.Equal(r[i:i+len(w.word)], w.word) {
			continue
		}
		if i == part {
			return 0, 0
		}
		if w.level&houseLevels != 0 && !counts(r[i-1]) && (w.level != levelRoom || w.word[0] != '座') {
			return 0, 0
		}
		return len(w.word), w.level
	}
	return 0, 0
}

// counts reports whether a character can be the end of the number of a house.
func counts(r rune) bool {
	return r < 0x80 && (r >= '0' && r <= '9' || alpha(byte(r)) || r == '-' || r == '#') || r >= '０' && r <= '９' ||
		strings.ContainsRune("一二三四五六七八九十百零〇甲乙丙丁", r)
}

func delimits(r rune) bool {
	return r < 0x20 || strings.ContainsRune("\"'`,，。；;、！!？?|<>{}[]=&:：\u201c\u201d", r)
}
