// Calls to the server that gave us this page. Every refusal of it is a Refused, with a word to look
// up in words.ts and, where the server has one, its own sentence in both languages.

export class Refused extends Error {
  constructor(
    readonly word: string,
    readonly status: number,
    readonly vi?: string,
    readonly en?: string,
    readonly retryAfter?: number,
  ) {
    super(word);
  }
}

export type Step = 'login' | 'second_factor' | 'setup' | 'ready';

export interface Session {
  next: Step;
  name?: string;
  system_administrator?: boolean;
  csrf_token?: string;
  recovery_codes?: string[];
}

export interface SetUp {
  name: string;
  password_needed: boolean;
  secret: string;
  uri: string;
}

export interface Authority {
  id: string;
  name: string;
  roles: string[];
  test_types: string[];
  sms: boolean;
}

export interface Me {
  account: string;
  system_administrator: boolean;
  authorities: Authority[];
}

export interface IssuedCode {
  uuid: string;
  code: string;
  expiresAtTimestamp: number;
  longExpiresAtTimestamp: number;
}

export interface Today {
  day: string;
  issued: number;
  claimed: number;
  invalid: number;
  certificates: number;
  issued_by_me: number;
  quota_left: number;
  short_codes_paused: boolean;
  callbacks_waiting: number;
}

interface RefusalBody {
  error?: string;
  errorCode?: string;
  message_vi?: string;
  message_en?: string;
}

let csrfToken = '';

async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method === 'POST') {
    headers['Content-Type'] = 'application/json';
    headers['X-CSRF-Token'] = csrfToken;
  }
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
      cache: 'no-store',
      credentials: 'same-origin',
    });
    text = await response.text();
  } catch {
    throw new Refused('unreachable', 0);
  }
  let json: unknown = {};
  try {
    json = text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Refused('unreachable', response.status);
  }
  if (!response.ok) {
    const refusal = json as RefusalBody;
    const wait = Number(response.headers.get('Retry-After'));
    const word = refusal.errorCode ?? refusal.error ?? 'unavailable';
    throw new Refused(word, response.status, refusal.message_vi, refusal.message_en, wait || undefined);
  }
  return json as T;
}

async function step(path: string, body: object): Promise<Session> {
  const session = await call<Session>('POST', path, body);
  csrfToken = session.csrf_token ?? '';
  return session;
}

export async function whoAmI(): Promise<Session> {
  const session = await call<Session>('GET', '/accounts/v1/session');
  csrfToken = session.csrf_token ?? '';
  return session;
}

// Vietnamese keyboards differ in how they write "ế": composed here as on the server.
const composed = (text: string) => text.normalize('NFC');

export const logIn = (name: string, password: string) =>
  step('/accounts/v1/login', { name, password: composed(password) });
export const giveCode = (code: string) => step('/accounts/v1/second-factor', { code });
export const giveRecoveryCode = (code: string) => step('/accounts/v1/recovery', { code });
export const getSetUp = () => call<SetUp>('GET', '/accounts/v1/setup');
export const setUp = (code: string, newPassword?: string) =>
  step(
    '/accounts/v1/setup',
    newPassword === undefined ? { code } : { code, new_password: composed(newPassword) },
  );
export const logOut = () => step('/accounts/v1/logout', {});

const at = (path: string, authority: string) =>
  `${path}?authority=${encodeURIComponent(authority)}`;

export const getMe = () => call<Me>('GET', '/officer/v1/me');
export const getToday = (authority: string) =>
  call<Today>('GET', at('/officer/v1/today', authority));
export const issueCode = (
  authority: string,
  request: { testType: string; symptomDate?: string; testDate?: string; tzOffset: number },
) => call<IssuedCode>('POST', at('/officer/v1/codes', authority), request);
export const expireCode = (authority: string, uuid: string) =>
  call<{ expiresAtTimestamp: number }>(
    'POST',
    at(`/officer/v1/codes/${encodeURIComponent(uuid)}/expire`, authority),
  );
