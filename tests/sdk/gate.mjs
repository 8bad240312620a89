// A gate in front of Rapport: passes everything through unchanged and remembers it,
// and on demand does to event requests what bad networks and overloaded servers do.
import http from "node:http";
import https from "node:https";
import { gunzipSync } from "node:zlib";
import { url } from "./rapport.mjs";

const upstream = new URL(url);
const { request } = upstream.protocol === "https:" ? https : http;

export async function openGate() {
  const gate = {
    seen: [],
    /** What the next event POSTs meet, in turn: { status, headers, deliver }; `deliver` loses only the answer, status 0 is a cut line. */
    faults: [],
    /** What every event POST meets while set. */
    fault: null,
    /** Event POSTs that carried events, in order of arrival. */
    posts: () => gate.seen.filter((each) => each.batch),
    events: () => gate.posts().flatMap((each) => each.batch),
    /** The same without repetitions. */
    distinct: () => [...new Map(gate.events().map((event) => [event.messageId, event])).values()],
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  const server = http.createServer((req, res) => {
    const chunks = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", () => pass(gate, req, Buffer.concat(chunks), res));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  gate.port = server.address().port;
  gate.url = `http://127.0.0.1:${gate.port}`;
  return gate;
}

function pass(gate, req, body, res) {
  const entry = { method: req.method, path: req.url, headers: req.headers, at: Date.now() };
  if (req.method === "POST") entry.batch = eventsIn(body);
  gate.seen.push(entry);
  const fault = entry.batch && (gate.faults.shift() ?? gate.fault);
  entry.status = fault?.status;
  if (fault && !fault.deliver) return refuse(fault, req, res);

  const path = upstream.pathname.replace(/\/$/, "") + req.url;
  const onward = request(
    { host: upstream.hostname, port: upstream.port, method: req.method, path, headers: { ...req.headers, host: upstream.host } },
    (answer) => {
      if (fault) {
        answer.resume();
        return refuse(fault, req, res);
      }
      entry.status = answer.statusCode;
      res.writeHead(answer.statusCode, answer.headers);
      answer.pipe(res);
    },
  );
  onward.on("error", () => res.destroy());
  onward.end(body);
}

function refuse({ status, headers }, req, res) {
  if (status === 0) return res.destroy();
  res.writeHead(status, {
    "Access-Control-Allow-Origin": req.headers.origin ?? "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Content-Type": "application/json",
    ...headers,
  });
  res.end(JSON.stringify({ code: "refused_by_test", message: `The test answered ${status}.` }));
}

function eventsIn(body) {
  const text = body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body;
  const parsed = JSON.parse(text);
  return parsed.batch ?? [parsed];
}
