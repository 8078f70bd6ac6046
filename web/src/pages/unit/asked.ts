// What the page of a unit asks for, and the shapes of what the schema does not have yet.

import { type Schema } from '../../client/call';
import { serverNow } from '../../client/clock';
import { addDays, cutOff, instant, isoDay, msOf } from '../../text/dates';
import { t } from '../../text/unit';

export type Unit = Schema['CampaignUnit'];
export type Body = Schema['CampaignBody'];
export type Post = Schema['CampaignPost'];
export type Due = Schema['CampaignDue'];
export type Task = Schema['CampaignTask'];
export type FigureOf = Schema['CampaignFigure'];
export type Rank = Schema['CampaignRank'];
export type Wall = Schema['CampaignWall'] & { rank?: Rank };

export interface UnitAnswer {
  unit: Unit;
  ancestors: Unit[];
  same_code: Unit[];
}

export interface BodyAnswer {
  body: Body;
  posts?: Post[];
  mail?: string[];
}

export interface SeriesDay {
  day: string;
  value?: number;
  figure?: string;
  denominator?: number;
  hundredths?: number;
  cut_off?: string;
  is_new: boolean;
  precision?: string;
  is_partial?: boolean;
  is_provisional?: boolean;
  is_illustrative?: boolean;
}

export interface Series {
  subject: string;
  indicator: string;
  of_whom: string;
  of_whom_en: string;
  source: string;
  days: SeriesDay[];
}

// A unit that is no more is shown as on its last day, unless another day is asked for.
export function dayOf(unit: Unit | undefined, asked: string | undefined): string | undefined {
  if (asked) return asked;
  if (!unit?.valid_to || msOf(unit.valid_to) > serverNow()) return undefined;
  return isoDay(addDays(unit.valid_to, -1));
}

// The week before a day and the one after it: what is owed then.
export function weekOf(on: string | undefined): { from: string; to: string } {
  const day = on ?? isoDay(serverNow());
  return { from: isoDay(addDays(day, -7)), to: isoDay(addDays(day, 7)) };
}

// Midnight is the end of the day before: "hết 20/8/2020"; else "trước 16:00, 25/8/2020".
export const deadline = (due: string): string => {
  const said = cutOff(due);
  return said === instant(due) ? t('before', said) : said;
};
