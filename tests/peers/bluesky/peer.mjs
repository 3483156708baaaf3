// The real PLC, PDS and AppView on this machine's loopback, on the ports that PORTS names.
// usage: MODULES=folder PORTS=plc,pds,bsky,ozone,introspect node peer.mjs full|pds [limits]
// (full needs DB_POSTGRES_URL and REDIS_HOST). Prints one line of JSON when it is ready; ends with its standard input.
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...given) { // the servers name no host: keep them on the loopback
  if (typeof given[0] === 'object') return listen.call(this, { ...given[0], host: '127.0.0.1' }, ...given.slice(1))
  return listen.call(this, { port: Number(given[0]), host: '127.0.0.1' }, given.find((one) => typeof one === 'function'))
}

// The PostgreSQL of the tests has no pg_trgm, which only serves the search for people by similar names: done without.
const { Client } = createRequire(path.join(process.env.MODULES, 'package.json'))('pg')
const query = Client.prototype.query
Client.prototype.query = function (said, ...given) {
  const plain = (sql) => sql.replace(/create extension if not exists pg_trgm.*/i, 'select 1')
    .replace(/using gist \(("\w+") gist_trgm_ops\)/i, '($1)')
  if (typeof said === 'string') said = plain(said)
  else if (typeof said?.text === 'string') said.text = plain(said.text)
  return query.call(this, said, ...given)
}

const [mode, limits] = process.argv.slice(2)
const [plc, pds, bsky, ozone, introspect] = process.env.PORTS.split(',').map(Number)
const entry = path.join(process.env.MODULES, 'node_modules/@atproto/dev-env/dist/index.js')
const { TestNetwork, TestNetworkNoAppView } = await import(pathToFileURL(entry))
const home = { port: pds, hostname: 'localhost', enableDidDocWithSession: true, rateLimitsEnabled: limits === 'limits' }
const network = mode === 'full'
  ? await TestNetwork.create({
    dbPostgresSchema: 'bsky',
    plc: { port: plc },
    pds: home,
    bsky: { dbPostgresSchema: 'bsky', port: bsky, publicUrl: `http://localhost:${bsky}` },
    ozone: { port: ozone, chatUrl: 'http://localhost:1', chatDid: 'did:example:chat', dbMaterializedViewRefreshIntervalMs: 30000 },
    introspect: { port: introspect },
  })
  : await TestNetworkNoAppView.create({ plc: { port: plc }, pds: home })
console.log(JSON.stringify({ ready: true, pds: `http://localhost:${pds}`, plc: `http://localhost:${plc}` }))

const end = async () => {
  setTimeout(() => process.exit(0), 5000).unref()
  try { await network.close() } finally { process.exit(0) }
}
process.on('SIGTERM', end)
process.stdin.on('end', end).resume() // whoever started us is gone
