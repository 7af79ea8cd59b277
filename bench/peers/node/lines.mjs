// The protocol of bench/peers.go: a line with the numbers of passages and questions, then those, a line each.
import { readFileSync } from 'node:fs'

export function serve(index) {
  const lines = readFileSync(0, 'utf8').split('\n')
  const [passages, questions] = lines[0].split(' ').map(Number)
  const ask = index(lines.slice(1, 1 + passages))
  const out = lines.slice(1 + passages, 1 + passages + questions).map((q) => ask(q).slice(0, 10).join(' '))
  process.stdout.write(out.join('\n') + '\n')
}

// bigrams gives every two neighbouring letters of a word, which does more for Korean than whole words with their particles.
export function bigrams(text) {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => {
    const letters = [...word]
    return letters.length < 3 ? [word] : letters.slice(1).map((c, i) => letters[i] + c)
  })
}
