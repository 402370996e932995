package check

// genomeForms are the confirmers of genomes.
var genomeForms = []Form{
	{"fasta", OnLetters, fasta},
	{"fastq", OnLetters, fastq},
	{"vcf", OnKey, vcf},
	{"sam", OnKey, sam},
	{"genome_file", OnHead, genomeFile},
	{"genotype", OnKey, genotype},
}
