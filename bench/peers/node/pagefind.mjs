// Pagefind's own search, of an index in the folder named first, asked a line at a time: answers a line with the milliseconds that the
// search took with the excerpts of the ten best pages, then the numbers of these.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

// It runs in a browser; here its files come from the folder.
const folder = process.argv[2]
globalThis.location = { origin: '', href: 'file:///' }
globalThis.window = { location }
globalThis.document = { querySelector: () => ({ getAttribute: () => 'ko' }) }
globalThis.fetch = async (url) => new Response(await readFile(String(url).split('?')[0]))
const pagefind = await import(join(folder, 'pagefind.js'))
await pagefind.options({ basePath: folder + '/', baseUrl: '/' })
await pagefind.init()
console.log('ready')
for await (const question of createInterface({ input: process.stdin })) {
  const began = performance.now()
  const { results } = await pagefind.search(question)
  const pages = await Promise.all(results.slice(0, 10).map((r) => r.data()))
  console.log(performance.now() - began, ...pages.map((p) => parseInt(p.url.slice(1))))
}
