// Where we are, by the History API. A click on a link of ours changes the page without asking the server again; whatever the server
// answers itself (files, /campaign, /accounts, …) is left to the browser.
//
//   route().path, .params.unit, .query.on        reactive
//   go('/wall/84?on=2020-08-19')                 as a click would; go(path, true) replaces
//   setQuery({ on: '2020-08-19' })               of this page, in place: nothing is loaded anew

import { type Page, findPage } from './pages';

export interface Route {
  path: string;
  page?: Page; // nothing: there is no such page
  params: Record<string, string>;
  query: Record<string, string>;
}

function read(): Route {
  const path = location.pathname;
  const found = findPage(path);
  const query = Object.fromEntries(new URLSearchParams(location.search));
  return { path, page: found?.page, params: found?.params ?? {}, query };
}

let now = $state.raw<Route>(read());
export const route = (): Route => now;

export function go(to: string, replace = false): void {
  const isSamePage = new URL(to, location.href).pathname === location.pathname;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  now = read();
  if (!isSamePage) scrollTo(0, 0);
}

export function setQuery(changed: Record<string, string | undefined>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changed)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(location.pathname + (text === '' ? '' : `?${text}`), true);
}

function clicked(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element).closest('a');
  const href = link?.getAttribute('href');
  if (!link || !href || href.startsWith('#') || link.hasAttribute('download')) return;
  if (link.getAttribute('target') === '_blank') return;
  const to = new URL(href, location.href);
  if (to.origin !== location.origin || !findPage(to.pathname)) return;
  event.preventDefault();
  go(to.pathname + to.search + to.hash);
}

export function startRouter(): void {
  addEventListener('popstate', () => (now = read()));
  document.addEventListener('click', clicked);
}
