// The pages: at which path, which file, who finds it in the menu. Each file is a chunk of its own, fetched when its page is opened.
// The paths stand in server/web_pages.cpp too: the server answers each with the same index.html.

import type { Component } from 'svelte';

import { type Who, hasHealthRole, hasRole } from './session/session.svelte';
import { type CommonWord } from './text/common';

export interface Page {
  path: string; // "/units/:code"
  file: string; // below pages/
  word: CommonWord; // its name in the menu and in the title
  isOpen?: boolean; // without log-in
  view?: 'wall'; // the whole screen, bigger type, no header
  menu?: (who: Who) => boolean; // who finds it in the menu; nothing: reached by links
}

const isReader = (who: Who) => hasRole(who, 'clerk', 'approver', 'duty', 'officer', 'leader', 'auditor');

const pages: Page[] = [
  { path: '/', file: 'home/Home', word: 'home', menu: () => true },
  { path: '/wall/:unit', file: 'wall/Wall', word: 'wall', view: 'wall' },
  { path: '/v/:token', file: 'wall/ByLink', word: 'wall', view: 'wall', isOpen: true },
  { path: '/units/:code', file: 'unit/Unit', word: 'unit' },
  { path: '/bodies/:slug', file: 'body/Body', word: 'body' },
  { path: '/figures/:id', file: 'figure/FigurePage', word: 'figure' },
  { path: '/targets', file: 'targets/Targets', word: 'targets', menu: (who) => who.grants.length > 0 },
  { path: '/registers', file: 'registers/Registers', word: 'registers', menu: isReader },
  { path: '/report/:due', file: 'report/Report', word: 'report' },
  { path: '/call/:due', file: 'call/Call', word: 'call' },
  { path: '/inbox', file: 'inbox/Inbox', word: 'inbox', menu: (who) => hasRole(who, 'clerk', 'approver', 'duty', 'officer', 'leader') },
  {
    path: '/reconciliation',
    file: 'reconciliation/Reconciliation',
    word: 'reconciliation',
    menu: (who) => hasRole(who, 'officer', 'duty'),
  },
  { path: '/codes', file: 'codes/Codes', word: 'codes', menu: (who) => hasHealthRole(who, 'issuer', 'supervisor') },
  { path: '/health-audit', file: 'health-audit/HealthAudit', word: 'healthAudit', menu: (who) => hasHealthRole(who, 'auditor') },
  {
    path: '/people',
    file: 'people/People',
    word: 'people',
    menu: (who) => who.isSystemAdministrator || hasRole(who, 'admin', 'officer', 'leader') || hasHealthRole(who, 'administrator'),
  },
  { path: '/account', file: 'account/Account', word: 'account' },
  { path: '/audit', file: 'audit/Audit', word: 'audit', menu: (who) => hasRole(who, 'auditor') },
  { path: '/public', file: 'public/Public', word: 'public', isOpen: true },
  { path: '/parts', file: 'parts/Parts', word: 'parts', isOpen: true },
];

type Loaded = { default: Component<{ params: Record<string, string> }> };
const files = import.meta.glob<Loaded>([
  './pages/home/Home.svelte',
  './pages/wall/Wall.svelte',
  './pages/wall/ByLink.svelte',
  './pages/unit/Unit.svelte',
  './pages/body/Body.svelte',
  './pages/figure/FigurePage.svelte',
  './pages/targets/Targets.svelte',
  './pages/registers/Registers.svelte',
  './pages/report/Report.svelte',
  './pages/call/Call.svelte',
  './pages/inbox/Inbox.svelte',
  './pages/reconciliation/Reconciliation.svelte',
  './pages/codes/Codes.svelte',
  './pages/health-audit/HealthAudit.svelte',
  './pages/people/People.svelte',
  './pages/account/Account.svelte',
  './pages/audit/Audit.svelte',
  './pages/public/Public.svelte',
  './pages/parts/Parts.svelte',
]);

const known = pages.filter((page) => files[`./pages/${page.file}.svelte`]);
export const load = (page: Page): Promise<Loaded> => {
  const file = files[`./pages/${page.file}.svelte`];
  return file ? file() : Promise.reject(new Error(page.file));
};

const listed = (who: Who): Page[] => known.filter((page) => page.menu?.(who));
// The one page of an account that has nothing else to do: it begins there, and the first page, which would only lead to it, is not in
// its menu.
export function onlyPageOf(who: Who): Page | undefined {
  const [only, ...more] = listed(who).filter((page) => page.path !== '/');
  return who.grants.length === 0 && more.length === 0 ? only : undefined;
}
export const menuOf = (who: Who): Page[] => (onlyPageOf(who) ? listed(who).filter((page) => page.path !== '/') : listed(who));

export function findPage(path: string): { page: Page; params: Record<string, string> } | undefined {
  const parts = path.replace(/(.)\/$/, '$1').split('/');
  for (const page of known) {
    const pattern = page.path.split('/');
    if (pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((name, i) => {
      const part = parts[i] ?? '';
      if (!name.startsWith(':')) return name === part;
      try {
        params[name.slice(1)] = decodeURIComponent(part);
      } catch {
        return false;
      }
      return part !== '';
    });
    if (fits) return { page, params };
  }
  return undefined;
}
