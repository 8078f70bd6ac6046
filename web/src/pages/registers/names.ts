// Names of bodies and forms by their ids, asked for once for each account.

import { get } from '../../client/call';
import { session } from '../../session/session.svelte';
import { either } from '../../text/i18n.svelte';
import { heardOfBody } from '../../text/sources';

export interface Names {
  body: (slug: string) => string;
  form: (id: string) => string;
}

let asked: { account: string; names: Promise<Names> } | undefined;

async function load(): Promise<Names> {
  const [{ bodies }, { forms }] = await Promise.all([get('/campaign/v1/bodies'), get('/campaign/v1/forms')]);
  for (const body of bodies) heardOfBody(body.slug, body.name);
  const bodyNames = new Map(bodies.map((body) => [body.slug, body.name]));
  const formNames = new Map(forms.map((form) => [form.id, form]));
  return {
    body: (slug) => bodyNames.get(slug) ?? slug,
    form: (id) => either(formNames.get(id)?.name ?? id, formNames.get(id)?.name_en ?? id),
  };
}

export function names(): Promise<Names> {
  if (asked?.account !== session.owner) asked = { account: session.owner, names: load() };
  const mine = asked;
  mine.names.catch(() => (asked = asked === mine ? undefined : asked));
  return mine.names;
}
