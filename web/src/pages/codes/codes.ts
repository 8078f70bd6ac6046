// What the codes half of the server does for a health officer.

import { call } from '../../client/call';

export interface IssuedCode {
  uuid: string;
  code: string;
  expiresAtTimestamp: number;
  longExpiresAtTimestamp: number;
  generatedSMS?: string;
}

export interface CodeState {
  uuid: string;
  testType: string;
  claimed: boolean;
  expiresAtTimestamp: number;
  longExpiresAtTimestamp: number;
  revocable: boolean;
}

export type BulkCode = { uuid: string; code: string; expiresAtTimestamp: number } | { error: string; errorCode: string };

export interface Revocation {
  id: string;
  uuid: string;
  reason: string;
  asked_by: string;
  asked_day: string;
  approved_by?: string;
  state: 'asked' | 'approved';
  handles?: string[];
}

export interface Callback {
  id: string;
  day: string;
  fetched: boolean;
}

export interface IssueRequest {
  testType: string;
  symptomDate?: string;
  testDate?: string;
  tzOffset: number;
  phone?: string;
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

const at = (path: string, authority: string) => `${path}?authority=${encodeURIComponent(authority)}`;

export const getToday = (authority: string) => call<Today>('GET', at('/officer/v1/today', authority));
export const issueCode = (authority: string, request: IssueRequest) =>
  call<IssuedCode>('POST', at('/officer/v1/codes', authority), request);
export const expireCode = (authority: string, uuid: string) =>
  call<{ expiresAtTimestamp: number }>(
    'POST',
    at(`/officer/v1/codes/${encodeURIComponent(uuid)}/expire`, authority),
  );
export const issueCodes = (authority: string, codes: IssueRequest[]) =>
  call<{ codes: BulkCode[] }>('POST', at('/officer/v1/codes/bulk', authority), { codes });
export const stateOf = (authority: string, uuid: string) =>
  call<CodeState>('GET', at(`/officer/v1/codes/${encodeURIComponent(uuid)}`, authority));
export const listRevocations = (authority: string) =>
  call<{ revocations: Revocation[] }>('GET', at('/officer/v1/revocations', authority));
export const askRevocation = (authority: string, uuid: string, reason: string) =>
  call<Revocation>('POST', at('/officer/v1/revocations', authority), { uuid, reason });
export const approveRevocation = (authority: string, id: string) =>
  call<Revocation>('POST', at(`/officer/v1/revocations/${encodeURIComponent(id)}/approve`, authority), {});
export const fetchRevocation = (authority: string, id: string) =>
  call<Revocation>('POST', at(`/officer/v1/revocations/${encodeURIComponent(id)}/fetch`, authority), {});
export const listCallbacks = (authority: string) =>
  call<{ callbacks: Callback[] }>('GET', at('/officer/v1/callbacks', authority));
export const fetchCallback = (authority: string, id: string) =>
  call<{ message: string }>('POST', at(`/officer/v1/callbacks/${encodeURIComponent(id)}/fetch`, authority), {});

// A telephone number as people here write it, 0912 345 678 or +84 912 345 678, as E.164; nothing when it is none.
export function phoneOf(typed: string): string | undefined {
  const digits = typed.replace(/[\s.\-()]/g, '');
  if (/^0\d{9,10}$/.test(digits)) return `+84${digits.slice(1)}`;
  return /^\+\d{6,15}$/.test(digits) ? digits : undefined;
}

export const isReference = (typed: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(typed.trim());
