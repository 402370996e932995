// One row: what to do, address, file, proxy. The fetch that is built into node
// has no proxy of its own before node 24, so its connections are made here: by
// CONNECT, and TLS with the CA of NODE_EXTRA_CA_CERTS.
const [what, url, file, proxy] = process.argv.slice(2)
const http = require("http"), tls = require("tls"), fs = require("fs"), crypto = require("crypto")

function connect(options, done) {
  const [host, port] = proxy.split(":"), target = options.hostname + ":" + options.port
  http.request({host, port, method: "CONNECT", path: target, headers: {host: target}})
    .on("error", done)
    .on("connect", (response, socket) => {
      if (response.statusCode !== 200) return done(new Error("CONNECT: " + response.statusCode))
      const secure = tls.connect({socket, servername: options.hostname, ALPNProtocols: ["http/1.1"]}, () => done(null, secure))
      secure.on("error", done)
    }).end()
}

async function* pieces(data) {
  for (let at = 0; at < data.length; at += 50000) yield data.subarray(at, at + 50000)
}

async function main() {
  await fetch("data:,") // makes the agent whose class is wanted
  const Agent = globalThis[Symbol.for("undici.globalDispatcher.1")].constructor
  const dispatcher = new Agent({connect}), data = fs.readFileSync(file)
  const form = new FormData()
  form.append("file", new Blob([data], {type: "text/plain"}), "list.txt")
  const options = {
    get: {}, post: {method: "POST", body: data}, form: {method: "POST", body: form},
    stream: {method: "POST", body: ReadableStream.from ? ReadableStream.from(pieces(data)) : pieces(data), duplex: "half"},
    query: {},
  }[what]
  const answer = await fetch(what === "query" ? url + "?q=" + encodeURIComponent(data) : url, {...options, dispatcher})
  const sum = crypto.createHash("sha256"), parts = []
  for await (const part of answer.body) { sum.update(part); parts.push(part) }
  if (answer.ok) console.log(answer.status, sum.digest("hex"))
  else console.log(answer.status, answer.headers.get("x-customs-record"), Buffer.concat(parts).toString())
  await dispatcher.close()
  process.exit(answer.ok ? 0 : 1)
}

main().catch(e => { console.log(e); process.exit(2) })
