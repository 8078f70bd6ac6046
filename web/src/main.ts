import { mount } from 'svelte';

import Portal from './Portal.svelte';
import { startRouter } from './router.svelte';
import './tokens.css';
import './base.css';

startRouter();
const target = document.getElementById('app');
if (target) mount(Portal, { target });

// After the first paint, and never waited for: the font, and what makes the pages open without a line.
addEventListener('load', () => {
  setTimeout(() => {
    void import('./font/font');
    if (import.meta.env.PROD) void navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
  }, 0);
});
