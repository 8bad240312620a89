// A little shop whose pages carry an SDK, and the browser that visits it.
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { installed } from "./rapport.mjs";

const sdkFiles = {
  "/segment.js": "@segment/analytics-next/dist/umd/index.js",
  "/rudder.js": "@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js",
};

/** Serves `head` in every page, except where a test sets another one for a path in `site.pages`. */
export async function openSite(head) {
  const site = { head, pages: {}, close: () => (server.closeAllConnections(), server.close()) };
  const server = http.createServer((req, res) => {
    const { pathname } = new URL(req.url, "http://site");
    if (sdkFiles[pathname]) {
      res.writeHead(200, { "Content-Type": "text/javascript" });
      return res.end(readFileSync(join(process.env.RAPPORT_TEST_NODE, "node_modules", sdkFiles[pathname])));
    }
    if (pathname === "/favicon.ico") return res.writeHead(204).end();
    res.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
    const title = `Shop ${pathname}`;
    res.end(
      `<!doctype html><html lang="en"><head><title>${title}</title>${site.pages[pathname] ?? site.head}</head>` +
        `<body><h1>${title}</h1><a href="/next">Next</a></body></html>`,
    );
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  site.port = server.address().port;
  site.url = `http://127.0.0.1:${site.port}`;
  return site;
}

export function openBrowser() {
  const { chromium } = installed("playwright-core");
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      // A container's shared memory may be too small for a page; a proxy does not know the names below.
      "--disable-dev-shm-usage",
      "--no-proxy-server",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP *.shop.test 127.0.0.1",
    ],
  });
}
