// What stands in the cells of a form, what it means, and what is to be asked about it. Whatever is typed stays as it was typed; a cell
// is judged once it has been left, and never takes the focus.

import { type Fault as ServerFault, type Schema } from '../../client/call';
import { number } from '../../text/numbers';
import { day } from '../../text/dates';
import { msOf } from '../../text/dates';
import { type Description, type Before, type Row } from './description';
import { blockOf, place } from './paste';
import { type Fault, type Reading, readCount, written } from './read';

export type Column = Schema['CampaignColumn'];
type Cells = Record<string, Record<string, string>>;

// What a paste was taken for.
export interface Understood {
  rows: number;
  byName: boolean;
  dotted: number; // cells whose dots were read as thousands
  unclear: number;
  leftOut: string[]; // lines that are no row of the form's
}

const kDay = 24 * 3600_000;
const name = (subject: string, column: string) => `${subject} ${column}`;

export class Sheet {
  cells = $state<Cells>({});
  nothing = $state(false);
  reason = $state('');
  private left = $state<Record<string, boolean>>({});
  private said = $state<Record<string, ServerFault[]>>({});
  private doubled = $state<Record<string, boolean>>({}); // pasted twice, so that neither was taken
  private undo: Cells | undefined;

  constructor(
    readonly description: Description,
    private readonly changed: () => void,
  ) {
    for (const row of description.rows) this.cells[row.subject] = {};
  }

  get columns(): Column[] {
    return this.description.form.columns;
  }
  get rows(): Row[] {
    return this.description.rows;
  }
  // Columns that one can write in; rates are computed and times are the receipt's.
  readonly fields = () => this.columns.filter((column) => column.kind === 'count' || column.kind === 'text');
  readonly noteColumn = () => this.columns.find((column) => column.id === 'note');

  text = (subject: string, column: string): string => this.cells[subject]?.[column] ?? '';
  isEmpty = (): boolean =>
    !this.nothing && this.rows.every((row) => this.fields().every((column) => this.text(row.subject, column.id).trim() === ''));

  restore(cells: Cells): void {
    for (const row of this.rows) this.cells[row.subject] = { ...cells[row.subject] };
    this.left = {};
    this.doubled = {};
    for (const row of this.rows)
      for (const column of this.fields()) if (this.text(row.subject, column.id)) this.leave(row.subject, column, false);
  }

  type(subject: string, column: string, text: string): void {
    (this.cells[subject] ??= {})[column] = text;
    delete this.said[name(subject, column)];
    delete this.doubled[name(subject, column)];
    if (column === 'note') for (const other of this.columns) delete this.said[name(subject, other.id)];
    this.changed();
  }

  // The cell has been left: what is wrong in it may be said now, and a number is written as numbers are.
  leave(subject: string, column: Column, write = true): void {
    const text = this.text(subject, column.id);
    this.left[name(subject, column.id)] = text.trim() !== '';
    if (column.kind !== 'count' || !write) return;
    const read = readCount(text);
    if ('value' in read && text !== written(read.value)) {
      (this.cells[subject] ??= {})[column.id] = written(read.value);
      this.changed();
    }
  }

  read = (subject: string, column: string): Reading => readCount(this.text(subject, column));
  value(subject: string, column: string): number | undefined {
    const read = this.read(subject, column);
    return 'value' in read ? read.value : undefined;
  }
  before = (row: Row, column: string): Before | undefined => row.before.find((one) => one.column === column);
  gain(row: Row, column: string): number | undefined {
    const [now, before] = [this.value(row.subject, column), this.before(row, column)];
    return now === undefined || before === undefined ? undefined : now - before.value;
  }
  // The moment that all its lines state (ms UTC), as files and mails may; nothing where they state none, or several.
  stated(): number | undefined {
    const column = this.columns.find((one) => one.kind === 'time')?.id ?? '';
    const moments = new Set(this.rows.map((row) => this.text(row.subject, column)).filter((text) => text !== ''));
    const [moment] = moments;
    return moments.size === 1 && /^\d+$/.test(moment ?? '') ? Number(moment) : undefined;
  }
  // What is sent from here states none.
  unstate(): void {
    for (const column of this.columns) {
      if (column.kind === 'time') for (const row of this.rows) delete this.cells[row.subject]?.[column.id];
    }
  }
  // The row says that there is nothing to report.
  rowIsNothing = (row: Row): boolean =>
    this.columns.some((column) => column.kind === 'count' && column.is_needed && 'nothing' in this.read(row.subject, column.id));

  // What stops a cell: it cannot be read, or the server said so.
  faults(row: Row, column: Column): (Fault | ServerFault)[] {
    const said = this.said[name(row.subject, column.id)] ?? [];
    if (this.doubled[name(row.subject, column.id)]) return [kTwice];
    if (column.kind !== 'count') return said;
    const read = this.read(row.subject, column.id);
    return 'fault' in read ? [read.fault] : said;
  }
  shownFaults = (row: Row, column: Column): (Fault | ServerFault)[] =>
    [this.left, this.said, this.doubled].some((cells) => cells[name(row.subject, column.id)]) ? this.faults(row, column) : [];

  // What asks for a note: the same two questions as the server's (campaign/checks.h).
  warnings(row: Row, column: Column): Fault[] {
    const gain = column.kind === 'count' ? this.gain(row, column.id) : undefined;
    const before = this.before(row, column.id);
    if (gain === undefined || before === undefined || (this.said[name(row.subject, column.id)] ?? []).length > 0) return [];
    const { rules, due } = this.description;
    if (gain < 0 && rules.never_falls.includes(column.id)) return [fall(before)];
    const days = Math.max(1, Math.ceil((msOf(due.due_before) - msOf(before.cut_off)) / kDay));
    const isJump = gain > rules.jump_least && gain * 100 > rules.jump_percent_a_day * before.value * days;
    return isJump ? [jump(gain, days, before)] : [];
  }
  shownWarnings = (row: Row, column: Column): Fault[] =>
    this.left[name(row.subject, column.id)] ? this.warnings(row, column) : [];
  hasNote = (row: Row): boolean => this.text(row.subject, 'note').trim() !== '';
  needsNote = (row: Row): boolean =>
    !this.hasNote(row) && this.fields().some((column) => this.warnings(row, column).length > 0);

  missing = (): Row[] =>
    this.rows.filter(
      (row) =>
        this.columns.some(
          (column) =>
            (column.kind === 'count' || column.kind === 'text') && column.is_needed && this.text(row.subject, column.id).trim() === '',
        ) && !this.rowIsNothing(row),
    );

  // The first cell that stops sending, all of them shown from now on; nothing: it can be sent.
  firstStop(): { subject: string; column: string } | undefined {
    let first: { subject: string; column: string } | undefined;
    for (const row of this.rows) {
      for (const column of this.fields()) {
        this.leave(row.subject, column);
        if (this.faults(row, column).length > 0 && !(name(row.subject, column.id) in this.said)) {
          first ??= { subject: row.subject, column: column.id };
        }
      }
      if (this.needsNote(row)) first ??= { subject: row.subject, column: 'note' };
    }
    return first;
  }

  total(column: string): { sum: number; rows: number; gain?: number } {
    let [sum, rows, gain, compared] = [0, 0, 0, 0];
    for (const row of this.rows) {
      const value = this.value(row.subject, column);
      if (value === undefined) continue;
      sum += value;
      ++rows;
      const change = this.gain(row, column);
      if (change === undefined) continue;
      gain += change;
      ++compared;
    }
    return { sum, rows, gain: compared > 0 && compared === rows ? gain : undefined };
  }
  totalBefore(column: string): number | undefined {
    const all = this.rows.map((row) => this.before(row, column)?.value);
    return all.every((value) => value !== undefined) ? all.reduce((sum, value) => sum + value, 0) : undefined;
  }

  lines(): Schema['CampaignLineIn'][] {
    return this.rows.flatMap((row) => {
      const nothing = this.rowIsNothing(row);
      const values = this.fields().flatMap((column): Schema['CampaignValue'][] => {
        const text = this.text(row.subject, column.id).trim();
        if (text === '') return [];
        if (column.kind === 'text') return [{ column: column.id, words: text }];
        const value = this.value(row.subject, column.id);
        return nothing || value === undefined ? [] : [{ column: column.id, number: value }];
      });
      if (nothing) return [{ subject: row.subject, nothing, values }];
      return values.length === 0 ? [] : [{ subject: row.subject, values }];
    });
  }

  // What the server said, put to its cells: "lines/3/installed" of what was sent. What belongs to no cell is given back.
  hear(errors: ServerFault[], lines: Schema['CampaignLineIn'][]): ServerFault[] {
    const rest: ServerFault[] = [];
    for (const fault of errors) {
      const [, at, column] = /^lines\/(\d+)(?:[./](\w+))?$/.exec(fault.cell ?? '') ?? [];
      const subject = lines[Number(at)]?.subject;
      const field = column ?? this.fields()[0]?.id;
      if (subject === undefined || field === undefined) {
        rest.push(fault);
        continue;
      }
      const cell = name(subject, field);
      this.said[cell] = [...(this.said[cell] ?? []), fault]; // a new list: only that is seen
    }
    return rest;
  }

  paste(text: string, row: number, column: string): Understood {
    const names = this.rows.map((one) => one.name);
    const { byName, placed, twice, leftOut } = place(blockOf(text), names, row);
    // From where the cursor is; after a column of names, from the first after it. Rates and times are passed over.
    const unitAt = this.columns.findIndex((one) => one.kind === 'unit');
    const from = byName ? unitAt + 1 : this.columns.findIndex((one) => one.id === column);
    this.undo = $state.snapshot(this.cells);
    let [dotted, unclear] = [0, 0];
    for (const line of placed) {
      const subject = this.rows[line.row]?.subject ?? '';
      line.cells.forEach((cell, i) => {
        const to = this.columns[from + i];
        if (!to || cell === '' || !this.fields().includes(to)) return;
        const read = to.kind === 'count' ? readCount(cell) : undefined;
        if (read && 'fault' in read) ++unclear;
        if (read && 'value' in read && cell.includes('.')) ++dotted;
        this.type(subject, to.id, cell);
        this.leave(subject, to);
      });
    }
    for (const at of twice) {
      const [subject, column] = [this.rows[at]?.subject ?? '', this.fields()[0]?.id ?? ''];
      this.doubled[name(subject, column)] = true;
    }
    return { rows: placed.length, byName, dotted, unclear, leftOut };
  }
  unpaste(): void {
    if (this.undo) this.restore(this.undo);
    this.undo = undefined;
    this.changed();
  }
}

const kTwice: Fault = {
  says: 'Đơn vị này có hai dòng trong phần vừa dán; không lấy dòng nào.',
  says_en: 'This unit stands twice in what was pasted; neither line was taken.',
  do: 'Nhập số đúng vào ô này.',
  do_en: 'Type the right number here.',
};
const fall = (before: Before): Fault => ({
  says: `Số lũy kế giảm so với ${number(before.value)} của ngày ${day(before.cut_off)}.`,
  says_en: `A cumulative count falls below ${number(before.value)} of ${day(before.cut_off)}.`,
  do: 'Kiểm tra lại; nếu đúng, ghi rõ lý do vào cột Ghi chú.',
  do_en: 'Check it; if it is right, write why in the column Note.',
});
const jump = (gain: number, days: number, before: Before): Fault => ({
  says: `Tăng ${number(gain)} trong ${days} ngày, từ ${number(before.value)}: nhiều khác thường.`,
  says_en: `It rises by ${number(gain)} in ${days} ${days === 1 ? 'day' : 'days'}, from ${number(before.value)}: unusually much.`,
  do: 'Kiểm tra lại số và đơn vị tính; nếu đúng, ghi rõ lý do vào cột Ghi chú.',
  do_en: 'Check the number and what it counts; if it is right, write why in the column Note.',
});
