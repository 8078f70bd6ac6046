// What a clerk has typed, kept on this device under the account until it has been sent and its owner logs out; and the form as the server
// described it, so that it opens without a line. Where the browser keeps nothing (a private window), this page's memory does.
//
//   await keepDraft(account, due, draft)       after each keystroke; false: only in memory
//   await readDraft(account, due)

import { type Schema } from './client/call';
import { session } from './session/session.svelte';

export interface Draft {
  cells: Record<string, Record<string, string>>; // subject -> column -> as typed
  reason: string; // of a correction
  nothing: boolean; // nothing to report at all
  state: 'typing' | 'sending' | 'sent';
  key?: string; // Idempotency-Key: the same with the same body, however often it is sent
  body?: Schema['CampaignReportIn'];
  receipt?: Schema['CampaignReceipt'];
  title: string; // for the list of what has not been sent
  at: number; // ms, when it was kept
}

const kStores = ['drafts', 'forms'] as const;
type StoreName = (typeof kStores)[number];
const memory = new Map<string, unknown>();

let opened: Promise<IDBDatabase> | undefined;
const database = (): Promise<IDBDatabase> =>
  (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('bluezone', 1);
    request.onupgradeneeded = () => kStores.forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('indexedDB'));
  }));

async function inStore<T>(
  name: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await database()).transaction(name, mode);
  const request = work(transaction.objectStore(name));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error('indexedDB'));
  });
}

const inMemory = (name: StoreName, key: string[]) => JSON.stringify([name, ...key]);

// False: the browser keeps nothing here; nor is anything kept for somebody who has logged out meanwhile.
async function keep(name: StoreName, key: string[], value: object): Promise<boolean> {
  if (key[0] !== session.owner) return false;
  memory.set(inMemory(name, key), value);
  try {
    await inStore(name, 'readwrite', (store) => store.put(value, key));
    return true;
  } catch {
    return false;
  }
}

async function read<T>(name: StoreName, key: string[]): Promise<T | undefined> {
  try {
    return ((await inStore(name, 'readonly', (store) => store.get(key))) as T | undefined) ?? undefined;
  } catch {
    return memory.get(inMemory(name, key)) as T | undefined;
  }
}

export const keepDraft = (account: string, due: string, draft: Draft): Promise<boolean> =>
  keep('drafts', [account, due], draft);
export const readDraft = (account: string, due: string): Promise<Draft | undefined> => read('drafts', [account, due]);
export const keepForm = (account: string, due: string, form: object): Promise<boolean> =>
  keep('forms', [account, due], form);
export const readForm = <T>(account: string, due: string): Promise<T | undefined> => read('forms', [account, due]);

const ofAccount = (account: string): IDBKeyRange => IDBKeyRange.bound([account], [account, []]);

// Whether anything stands in it: an empty form is no draft.
const isBegun = (draft: Draft): boolean =>
  draft.state === 'sending' ||
  (draft.state === 'typing' &&
    (draft.nothing || Object.values(draft.cells).some((row) => Object.values(row).some((text) => text.trim() !== ''))));

// Dues whose draft has not been sent.
export async function unsent(account: string): Promise<{ due: string; draft: Draft }[]> {
  try {
    const keys = (await inStore('drafts', 'readonly', (store) => store.getAllKeys(ofAccount(account)))) as string[][];
    const all = await Promise.all(keys.map(async ([, due = '']) => ({ due, draft: await readDraft(account, due) })));
    return all.flatMap(({ due, draft }) => (draft && isBegun(draft) ? [{ due, draft }] : []));
  } catch {
    return [...memory].flatMap(([key, value]) => {
      const [name, owner, due = ''] = JSON.parse(key) as string[];
      return name === 'drafts' && owner === account && isBegun(value as Draft) ? [{ due, draft: value as Draft }] : [];
    });
  }
}

export async function forget(account: string): Promise<void> {
  memory.clear();
  try {
    for (const name of kStores) await inStore(name, 'readwrite', (store) => store.delete(ofAccount(account)));
  } catch {
    // Then nothing was kept.
  }
}
