"""Groonga with its bigrams of letters, words weighed by how rare they are, in the protocol of bench/peers.go."""

import json
import re
import subprocess
import sys
import tempfile


def bigrams(text):
    for word in re.findall(r"\w+", text.lower()):
        yield from [word] if len(word) < 3 else (word[i : i + 2] for i in range(len(word) - 1))


def main():
    lines = sys.stdin.read().split("\n")
    passages, questions = map(int, lines[0].split())
    load = json.dumps([{"_key": str(i), "text": text} for i, text in enumerate(lines[1 : 1 + passages])], ensure_ascii=False)
    commands = [
        "table_create Passages TABLE_HASH_KEY ShortText",
        "column_create Passages text COLUMN_SCALAR Text",
        "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer NormalizerAuto",
        "column_create Terms passages COLUMN_INDEX|WITH_POSITION Passages text",
        "load --table Passages",
        load,
    ]
    for text in lines[1 + passages : 1 + passages + questions]:
        query = " OR ".join(f'"{b}"' for b in dict.fromkeys(bigrams(text)))
        commands.append(
            "select Passages --match_columns 'scorer_tf_idf(text)' --query '" + query + "' --output_columns _key --sort_keys -_score --limit 10"
        )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["groonga", "-n", folder + "/db"], input="\n".join(commands) + "\n", capture_output=True, text=True, check=True
        )
    for answer in done.stdout.splitlines()[-questions:]:
        body = json.loads(answer)[1]
        print(*(row[0] for row in body[0][2:]))


main()
