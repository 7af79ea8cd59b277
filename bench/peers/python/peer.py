"""tantivy over the morphemes that kiwipiepy finds, in the protocol of bench/peers.go."""

import sys

import tantivy
from kiwipiepy import Kiwi

# Particles, endings, affixes and marks are left out, as an analyzer for search does.
GRAMMAR = ("J", "E", "S", "XS", "VCP", "VX", "XP", "W", "Z")
KEPT = ("SL", "SN", "SH")


def main():
    kiwi = Kiwi(num_workers=1)
    lines = sys.stdin.read().split("\n")
    passages, questions = map(int, lines[0].split())

    def terms(text):
        return [t.form.lower() for t in kiwi.tokenize(text) if t.tag in KEPT or not t.tag.startswith(GRAMMAR)]

    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True)
    builder.add_text_field("text", tokenizer_name="whitespace")
    schema = builder.build()
    index = tantivy.Index(schema)
    writer = index.writer(num_threads=1)
    for i, text in enumerate(lines[1 : 1 + passages]):
        writer.add_document(tantivy.Document(id=i, text=" ".join(terms(text))))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    for text in lines[1 + passages : 1 + passages + questions]:
        clauses = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", t)) for t in dict.fromkeys(terms(text))]
        hits = searcher.search(tantivy.Query.boolean_query(clauses), 10).hits if clauses else []
        print(*(searcher.doc(at)["id"][0] for _, at in hits))


main()
