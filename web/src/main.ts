import { mount } from 'svelte';

import Portal from './Portal.svelte';
import { startRouter } from './router.svelte';
import './tokens.css';
import './base.css';

startRouter();
const target = document.getElementById('app');
target?.replaceChildren(); // what index.html says meanwhile
if (target) mount(Portal, { target });

// Once the page stands, which on a slow line needs all of it, and never waited for: the font, and what makes the pages open without one.
function afterwards(): void {
  if (!document.querySelector('main h1')) {
    setTimeout(afterwards, 200);
    return;
  }
  void import('./font/font');
  if (import.meta.env.PROD) void navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
}
afterwards();
