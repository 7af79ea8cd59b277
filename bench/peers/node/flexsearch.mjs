import FlexSearch from 'flexsearch'
import { bigrams, serve } from './lines.mjs'

serve((passages) => {
  const index = new FlexSearch.Index({ encode: bigrams, tokenize: 'strict', resolution: 9 })
  passages.forEach((text, id) => index.add(id, text))
  return (question) => index.search(question, { limit: 10, suggest: true })
})
