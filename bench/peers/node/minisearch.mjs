import MiniSearch from 'minisearch'
import { bigrams, serve } from './lines.mjs'

serve((passages) => {
  const index = new MiniSearch({ fields: ['text'], tokenize: bigrams })
  index.addAll(passages.map((text, id) => ({ id, text })))
  return (question) => index.search(question).map((hit) => hit.id)
})
