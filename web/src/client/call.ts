// Calls to the server that gave us this page, typed by docs/api/openapi.yaml (schema.d.ts, which the build makes: `npm run client`).
//
//   const wall = await get('/campaign/v1/wall', { query: { unit: '84' } });
//   const { figure } = await post('/campaign/v1/figures/{id}/corrections', { path: { id }, body: { value, reason } });
//
// Whatever is not a success is a Refused. When nobody is logged in any more, the call waits: the portal asks for the
// password within the page, and then the call is sent again. What was typed stays where it is.

import { heard } from './clock';
import type { components, paths } from './schema';
import { story } from './story.svelte';

export type Schema = components['schemas'];
export type Fault = Schema['CampaignFault'];

export class Refused extends Error {
  constructor(
    readonly word: string, // 'unreachable', 'unauthorized', 'problem', …
    readonly status: number, // 0: no answer came
    readonly vi?: string, // the server's own sentence
    readonly en?: string,
    readonly retryAfter?: number, // s
    readonly errors: Fault[] = [], // cell by cell: what is wrong, what to do
  ) {
    super(word);
  }
}

type Method = 'get' | 'post' | 'put';
type PathsOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends object ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Part<O, K extends string> = O extends { parameters: { [k in K]?: infer V } } ? NonNullable<V> : never;
type JsonOf<R> = R extends { content: infer C } ? C[keyof C] : undefined;
type Success<O> = O extends { responses: infer R }
  ? R extends { 200: infer Ok }
    ? JsonOf<Ok>
    : R extends { 201: infer Made }
      ? JsonOf<Made>
      : undefined
  : never;
type BodyOf<O> = O extends { requestBody?: { content: infer C } }
  ? C extends { 'application/json': infer J }
    ? J
    : C[keyof C]
  : never;

export type Answer<P extends keyof paths, M extends Method = 'get'> = Success<Operation<P, M>>;

export interface Options<P extends keyof paths, M extends Method> {
  path?: Part<Operation<P, M>, 'path'>;
  query?: Part<Operation<P, M>, 'query'>;
  body?: BodyOf<Operation<P, M>>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  // Of a retry that must count once.
  key?: string;
}

// What a page that lives by a viewer's link sends instead of a session, and what the session gave.
const mine = { csrf: '', viewerLink: '' };
export function setCsrfToken(token: string): void {
  mine.csrf = token;
}
export function useViewerLink(token: string): void {
  mine.viewerLink = token;
}
export const csrfToken = (): string => mine.csrf;
export const isByViewerLink = (): boolean => mine.viewerLink !== '';

// Set by the session: resolves once somebody is logged in again (or, in a trusted browser, has given the six digits that codes for
// patients need each time), rejects when it is somebody else.
type LogInAgain = (missing: 'session' | 'second_factor') => Promise<void>;
let logInAgain: LogInAgain | undefined;
export function whenLoggedOut(ask: LogInAgain): void {
  logInAgain = ask;
}

// Set by the session: asks the server who is logged in, and says whether it is the same account with another CSRF token than this page
// had: another page of this browser has logged in since.
type Renew = (owner: string, token: string) => Promise<boolean>;
let renew: Renew | undefined;
let ownerNow = (): string => '';
export function whenForbidden(ask: Renew, owner: () => string): void {
  renew = ask;
  ownerNow = owner;
}

interface Refusal {
  error?: string;
  errorCode?: string;
  message_vi?: string;
  message_en?: string;
  title?: string;
  detail?: string;
  detail_en?: string;
  errors?: Fault[];
}

function refusedBy(response: Response, json: Refusal): Refused {
  const wait = Number(response.headers.get('Retry-After')) || undefined;
  const word = json.errorCode ?? json.error ?? (json.title ? 'problem' : 'unavailable');
  const vi = json.message_vi ?? json.detail;
  const en = json.message_en ?? json.detail_en;
  return new Refused(word, response.status, vi, en, wait, json.errors ?? []);
}

export function urlOf(path: string, options: { path?: object; query?: object } = {}): string {
  const filled = Object.entries(options.path ?? {}).reduce(
    (url, [name, value]) => url.replace(`{${name}}`, encodeURIComponent(String(value))),
    path,
  );
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== '') asked.set(name, String(value));
  }
  const query = asked.toString();
  return query === '' ? filled : `${filled}?${query}`;
}

async function sendOnce(method: string, url: string, init: RequestInit): Promise<Response> {
  const asked = Date.now();
  try {
    const response = await fetch(url, { ...init, method, cache: 'no-store', credentials: 'same-origin' });
    heard(response.headers.get('Date'), asked, Date.now());
    if (response.headers.has('X-Story-Clock')) story.isOn = true;
    return response;
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Refused('unreachable', 0);
  }
}

// The answer as it came, for files and ETags; 304 is no refusal. `patient`: waits for a log-in where one is needed.
export async function send(
  method: string,
  url: string,
  init: RequestInit = {},
  patient = true,
): Promise<Response> {
  const withHeaders = (): RequestInit => {
    const headers = new Headers(init.headers);
    if (!headers.has('Accept')) headers.set('Accept', 'application/json');
    if (method !== 'GET') headers.set('X-CSRF-Token', mine.csrf);
    if (mine.viewerLink !== '') headers.set('X-Viewer-Link', mine.viewerLink);
    return { ...init, headers };
  };
  // What one account began is never sent again as another's.
  const owner = ownerNow();
  for (let isRenewed = false; ; ) {
    const token = mine.csrf;
    const response = await sendOnce(method, url, withHeaders());
    if (response.ok || response.status === 304) return response;
    let json: Refusal = {};
    try {
      json = (await response.json()) as Refusal;
    } catch {
      // A proxy's page: then the status is all that is known.
    }
    const refused = refusedBy(response, json);
    // A wrong password or code is its form's own business.
    const nobody = response.status === 401 && !refused.word.startsWith('wrong_');
    const noDigits = refused.word === 'second_factor_needed';
    if (response.status === 403 && !noDigits && method !== 'GET' && mine.viewerLink === '' && patient && renew && !isRenewed) {
      isRenewed = true;
      if ((await renew(owner, token)) && ownerNow() === owner) continue;
    }
    if ((!nobody && !noDigits) || mine.viewerLink !== '' || !patient || !logInAgain) throw refused;
    await logInAgain(noDigits ? 'second_factor' : 'session');
    if (owner !== '' && ownerNow() !== owner) throw refused;
  }
}

async function readJson(response: Response): Promise<unknown> {
  let text: string;
  try {
    text = await response.text();
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refused('unreachable', response.status);
  }
}

function initOf(
  options: { body?: unknown; headers?: Record<string, string>; signal?: AbortSignal; key?: string },
  hasBody: boolean,
): RequestInit {
  const headers: Record<string, string> = { ...options.headers };
  if (options.key !== undefined) headers['Idempotency-Key'] = options.key;
  const init: RequestInit = { headers };
  if (options.signal) init.signal = options.signal;
  if (hasBody) {
    if (options.body instanceof Blob) {
      init.body = options.body;
    } else {
      headers['Content-Type'] ??= 'application/json';
      init.body = JSON.stringify(options.body ?? {});
    }
  }
  return init;
}

export async function get<P extends PathsOf<'get'>>(path: P, options: Options<P, 'get'> = {}): Promise<Answer<P, 'get'>> {
  const response = await send('GET', urlOf(path, options), initOf(options, false));
  return (await readJson(response)) as Answer<P, 'get'>;
}

export async function post<P extends PathsOf<'post'>>(path: P, options: Options<P, 'post'> = {}): Promise<Answer<P, 'post'>> {
  const response = await send('POST', urlOf(path, options), initOf(options, true));
  return (await readJson(response)) as Answer<P, 'post'>;
}

export async function put<P extends PathsOf<'put'>>(path: P, options: Options<P, 'put'> = {}): Promise<Answer<P, 'put'>> {
  const response = await send('PUT', urlOf(path, options), initOf(options, true));
  return (await readJson(response)) as Answer<P, 'put'>;
}

// For routes that the schema does not have yet, and for those of the log-in, which must not wait for a log-in.
export async function call<T>(
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: object,
  patient = true,
): Promise<T> {
  return (await readJson(await send(method, url, initOf({ body }, method !== 'GET'), patient))) as T;
}
