package check

// markForms are the confirmers of marks on documents.
var markForms = []Form{
	{"secret_mark", OnKey, confirmSecretMark},
	{"internal_mark", OnKey, confirmInternal},
	{"important_mark", OnKey, confirmImportant},
	{"core_mark", OnKey, confirmCore},
}
