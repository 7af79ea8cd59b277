package dictionary

// Tag is a part of speech, as coarse as search needs it.
type Tag uint8

// The tags, with those of the Sejong tag set that they stand for.
const (
	Noun       Tag = iota + 1 // NNG
	Name                      // NNP
	Dependent                 // NNB
	Counter                   // NNBC
	Numeral                   // NR, SN
	Pronoun                   // NP
	Verb                      // VV
	Adjective                 // VA
	Auxiliary                 // VX
	Copula                    // VCP, VCN
	Adverb                    // MAG, MAJ
	Modifier                  // MM
	Root                      // XR
	Prefix                    // XPN
	Suffix                    // XSN
	VerbSuffix                // XSV, XSA
	Particle                  // JKS … JX, JC
	Ending                    // EP, EF, EC, ETN, ETM
	Exclaim                   // IC
	Unknown                   // not in the dictionary
)

// Tags maps Sejong tags to ours.
var Tags = map[string]Tag{
	"NNG": Noun, "NNP": Name, "NNB": Dependent, "NNBC": Counter, "NR": Numeral, "SN": Numeral, "NP": Pronoun,
	"VV": Verb, "VA": Adjective, "VX": Auxiliary, "VCP": Copula, "VCN": Copula, "MAG": Adverb, "MAJ": Adverb, "MM": Modifier,
	"XR": Root, "XPN": Prefix, "XSN": Suffix, "XSV": VerbSuffix, "XSA": VerbSuffix, "VSV": Verb,
	"JKS": Particle, "JKC": Particle, "JKG": Particle, "JKO": Particle, "JKB": Particle, "JKV": Particle, "JKQ": Particle,
	"JX": Particle, "JC": Particle, "EP": Ending, "EF": Ending, "EC": Ending, "ETN": Ending, "ETM": Ending, "IC": Exclaim,
	"UNA": Unknown, "NA": Unknown, "UNKNOWN": Unknown, "SC": Unknown,
}

// Content reports whether a morpheme with the tag carries meaning that is
// searched for, rather than grammar.
func (t Tag) Content() bool { return content>>t&1 != 0 }

const content = 1<<Noun | 1<<Name | 1<<Counter | 1<<Numeral | 1<<Verb | 1<<Adjective | 1<<Adverb | 1<<Root |
	1<<Prefix | 1<<Suffix | 1<<Unknown
