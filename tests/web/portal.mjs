// What every test of the portal needs: accounts with their roles, and Chromium with its looks (browser.mjs). The server is started
// and seeded by portal_here.sh.
//
//   const officer = await signUp('chi.lan', [{ role: 'officer', scope: '84@2020-06-01' }]);
//   const page = await newPage(officer, 1280, 800);
//   await page.goto(`${url}/wall/84`);
//   await look(page, 'wall');
//   done('the wall');
import assert from 'node:assert/strict';

import { digits, kOwnPassword, url } from './browser.mjs';

export * from './browser.mjs';

const env = process.env;

// An account as a program sees it: asks with its cookie and its CSRF token.
class Account {
  constructor(name) {
    this.name = name;
    this.cookies = new Map();
    this.csrf = '';
  }
  async ask(method, path, body, headers = {}) {
    const response = await fetch(url + path, {
      method,
      headers: {
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'x-csrf-token': this.csrf }),
        ...headers,
      },
      body: method === 'GET' ? undefined : typeof body === 'string' ? body : JSON.stringify(body ?? {}),
    });
    // Debian's node gives them joined by commas, with which a date in one has nothing to do.
    for (const cookie of (response.headers.get('set-cookie') ?? '').split(/, (?=[^ ;,=]+=)/)) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name) this.cookies.set(name, value);
    }
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    const json = text === '' ? {} : JSON.parse(text);
    if (json.csrf_token) this.csrf = json.csrf_token;
    return json;
  }
  get = (path) => this.ask('GET', path);
  post = (path, body, headers) => this.ask('POST', path, body, headers);
}

async function firstLogIn(name, password) {
  const account = new Account(name);
  await account.post('/accounts/v1/login', { name, password });
  const { secret } = await account.get('/accounts/v1/setup');
  account.secret = secret;
  account.password = kOwnPassword;
  const ready = await account.post('/accounts/v1/setup', { code: await digits(secret), new_password: kOwnPassword });
  account.recoveryCodes = ready.recovery_codes;
  return account;
}

let administrator;
// The system administrator, whom portal_here.sh has made.
export async function admin() {
  administrator ??= await firstLogIn(env.BZ_ADMIN, env.BZ_ADMIN_PASSWORD);
  return administrator;
}

// A new account with grants of the campaign; logged in, second factor and all.
export async function signUp(name, grants = []) {
  const chief = await admin();
  const made = await chief.post('/accounts/v1/accounts', { name });
  for (const grant of grants) await chief.post('/campaign/v1/grants', { account: name, ...grant });
  return firstLogIn(name, made.password ?? made.first_password);
}
