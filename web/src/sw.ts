// The service worker: keeps the shell and the clerk's form on this device, so that they open without a line. Answers of the API are
// never kept here; a form's own description is, by drafts.ts, under the account whose it is. __KEPT__ is filled in by the build: the
// files, by their hashed names.

/// <reference lib="webworker" />
const worker = self as unknown as ServiceWorkerGlobalScope;
declare const __KEPT__: { version: string; files: string[] };

const kShell = `shell-${__KEPT__.version}`;

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(kShell).then((cache) => cache.addAll(['/', ...__KEPT__.files])));
  void worker.skipWaiting();
});

worker.addEventListener('activate', (event) => {
  const drop = async () => {
    for (const name of await caches.keys()) {
      if (name !== kShell) await caches.delete(name);
    }
    await worker.clients.claim();
  };
  event.waitUntil(drop());
});

// From the server; what was kept only when it cannot be reached.
async function page(request: Request): Promise<Response> {
  const cache = await caches.open(kShell);
  try {
    const response = await fetch(request);
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    if (response.ok && isPage) await cache.put('/', response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match('/');
    if (kept) return kept;
    throw error;
  }
}

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    // Each page is the same file; a link to a file of the server's is not.
    if (/^\/(campaign|accounts|officer|api|exports|v1)\//.test(url.pathname)) return;
    event.respondWith(page(request));
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
