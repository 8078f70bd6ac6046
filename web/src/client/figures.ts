// What the server says of a number, as the props of <Figure>: `<Figure {...ofNumber(figure)} of="máy đã cài" />`.

import { type Mark } from '../parts/marks';
import { type Schema } from './call';

type Number = Schema['CampaignNumber'];
type RollUp = Schema['CampaignRollUp'];
type Rate = Schema['CampaignRate'];

function markOf(precision: string): Mark[] {
  if (precision === 'about' || precision === 'rounded') return [precision];
  return precision === 'lower_bound' ? ['at_least'] : [];
}

// One figure, by its id.
export function ofNumber(figure: Number) {
  const state: Mark[] = markOf(figure.precision);
  if (figure.nothing_to_report) state.push('nothing');
  if (figure.state === 'provisional') state.push('provisional');
  if (figure.state === 'withdrawn') state.push('withdrawn');
  if (figure.version > 1) state.push('corrected');
  if (figure.is_illustrative) state.push('illustrative');
  return { value: figure.value, on: figure.cut_off, source: figure.source, id: figure.id, state };
}

const marksOfRollUp = (rollUp: RollUp): Mark[] => {
  const state: Mark[] = markOf(rollUp.precision);
  if (rollUp.value === undefined) return [];
  if (rollUp.is_partial && rollUp.own_value === undefined) state.push('partial');
  if (rollUp.is_provisional) state.push('provisional');
  if ((rollUp.own?.version ?? 1) > 1) state.push('corrected');
  if (rollUp.is_illustrative) state.push('illustrative');
  return state;
};

const pageOfRollUp = (rollUp: RollUp) =>
  rollUp.own && rollUp.own_value !== undefined
    ? { id: rollUp.own.id }
    : { href: `/units/${encodeURIComponent(rollUp.subject)}` };

// A unit's own figure, else the sum of its children's, which leads to the unit's page.
export function ofRollUp(rollUp: RollUp) {
  return {
    value: rollUp.value,
    on: rollUp.oldest,
    source: rollUp.own?.source,
    state: marksOfRollUp(rollUp),
    ...pageOfRollUp(rollUp),
  };
}

// A rate in hundredths of a percent; it leads to the figure that is its numerator.
export function ofRate(rate: Rate) {
  return {
    as: 'percent' as const,
    value: rate.hundredths,
    on: rate.numerator.oldest,
    source: rate.numerator.own?.source,
    state: rate.hundredths === undefined ? [] : marksOfRollUp(rate.numerator),
    ...pageOfRollUp(rate.numerator),
  };
}
