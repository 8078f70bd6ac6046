// A due's form as the server describes it (GET /dues/{id}/form): kept on this device under the account, so that it opens without a line.

import { type Schema, Refused, call, urlOf } from '../../client/call';
import { keepForm, readForm } from '../../drafts';

export interface Before {
  column: string;
  value: number;
  figure: string;
  cut_off: string;
  precision: string;
  is_illustrative: boolean;
}

export interface Row {
  subject: string;
  code: string;
  name: string;
  before: Before[];
}

export interface Description {
  due: Schema['CampaignDue'];
  server_ms: number;
  body: { slug: string; name: string };
  task: Schema['CampaignTask'];
  form: Schema['CampaignForm'];
  rows: Row[];
  rules: { jump_percent_a_day: number; jump_least: number; never_falls: string[] };
}

export async function describe(account: string, due: string): Promise<{ form: Description; isKept: boolean }> {
  try {
    const form = await call<Description>('GET', urlOf('/campaign/v1/dues/{id}/form', { path: { id: due } }));
    void keepForm(account, due, form);
    return { form, isKept: false };
  } catch (error) {
    const kept = error instanceof Refused && error.status === 0 ? await readForm<Description>(account, due) : undefined;
    if (!kept) throw error;
    return { form: kept, isKept: true };
  }
}

export const reportOf = async (id: number): Promise<Schema['CampaignReport']> =>
  (await call<{ report: Schema['CampaignReport'] }>('GET', urlOf('/campaign/v1/reports/{id}', { path: { id } }))).report;
