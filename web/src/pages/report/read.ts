// A count as people write it here, read by the rules of vi/number.h and in its very sentences: a dot groups thousands; what may mean two
// numbers ("1.5", "68.40", "68,400") is refused with both, never guessed. A test holds these sentences against the server's.

export interface Fault {
  says: string;
  says_en: string;
  do: string;
  do_en: string;
}
export type Reading = { value: number } | { nothing: true } | { empty: true } | { fault: Fault };

const kMost = 1_000_000_000_000_000;

// NFC, blanks of every kind as one, none at the ends.
const clean = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\s\u00a0\u200b\u2007\u202f\ufeff]+/g, ' ')
    .trim();

const bare = (digits: string): string => digits.replace(/^0+(?=\d)/, '');
const grouped = (digits: string, separator: string): string =>
  bare(digits).replace(/\B(?=(\d{3})+$)/g, separator);
const both = (digits: string): [string, string] => [grouped(digits, '.'), grouped(digits, ',')];
const isGrouped = (text: string, separator: string): boolean => {
  const [first, ...rest] = text.split(separator);
  return /^[1-9]\d{0,2}$/.test(first ?? '') && rest.length > 0 && rest.every((part) => /^\d{3}$/.test(part));
};

const refused = (says: string, says_en: string): Reading => ({
  fault: {
    says,
    says_en,
    do: 'Nhập số nguyên không âm, dấu chấm chỉ để tách nhóm ba chữ số, ví dụ 68400 hoặc 68.400.',
    do_en: 'Type a whole number, 0 or more, with dots only between groups of three digits, such as 68400 or 68.400.',
  },
});

// One clear way to write what was meant.
function instead(says: string, says_en: string, digits: string): Reading {
  const [vi, en] = both(digits);
  return { fault: { says, says_en, do: `Nếu là ${vi} thì nhập ${vi}.`, do_en: `If it is ${en}, type ${vi}.` } };
}

// Two readings, from which the person has to choose.
function either(typed: string, whole: string, decimals: string): Reading {
  const [count, countEn] = both(whole + decimals);
  const rest = decimals.replace(/0+$/, '');
  const [small, smallEn] = both(whole);
  const other = rest === '' ? small : `${small},${rest}`;
  const otherEn = rest === '' ? smallEn : `${smallEn}.${rest}`;
  return {
    fault: {
      says: `${typed}: là ${count} hay ${other}?`,
      says_en: `${typed}: is it ${countEn} or ${otherEn}?`,
      do: `Nếu là ${count} thì nhập ${count}; số đếm không có phần thập phân, dấu chấm chỉ tách nhóm ba chữ số.`,
      do_en: `If it is ${countEn}, type ${count}: a count has no decimals, and a dot only parts groups of three digits.`,
    },
  };
}

function bounded(digits: string): Reading {
  const value = Number(bare(digits));
  if (value > kMost) {
    return refused('Số này lớn hơn 1.000.000.000.000.000.', 'This number is over 1,000,000,000,000,000.');
  }
  return { value };
}

function withCommas(text: string): Reading {
  const parts = text.split(',');
  const [whole = '', decimals = ''] = parts;
  if (parts.length === 2 && !text.includes('.') && isGrouped(text, ',')) return either(text, whole, decimals);
  if (parts.length === 2 && /^\d+$/.test(decimals) && (/^\d+$/.test(whole) || isGrouped(whole, '.'))) {
    return refused(`${text} không phải là số nguyên.`, `${text} is no whole number.`);
  }
  const before = text.split('.')[0] ?? '';
  if (isGrouped(before, ',')) {
    return instead(
      `${text} viết theo lối Anh, dấu phẩy tách nhóm ba chữ số.`,
      `${text} is written the English way, with commas between groups.`,
      before.replace(/\D/g, ''),
    );
  }
  return refused(`${text} không phải là một số.`, `${text} is no number.`);
}

function withDots(text: string): Reading {
  const parts = text.split('.');
  const [whole = '', decimals = ''] = parts;
  if (!parts.every((part) => /^\d+$/.test(part))) {
    return refused(`${text} không phải là một số.`, `${text} is no number.`);
  }
  if (parts.length === 2) return either(text, whole, decimals);
  const [vi, en] = both(parts.join(''));
  return refused(
    `${text}: là ${vi} với dấu chấm đặt sai, hay thiếu hoặc thừa một chữ số?`,
    `${text}: is it ${en} with a dot out of place, or is a digit missing or extra?`,
  );
}

export function readNumber(typed: string): Reading {
  const text = clean(typed);
  if (text === '') return { empty: true };
  if (text.endsWith('%')) {
    return refused('Ô này là số đếm, không phải tỷ lệ phần trăm.', 'A count belongs here, not a percentage.');
  }
  const rest = text.replace(/^[-\u2212]/, '');
  if (!/^[\d., ]*$/.test(rest) || !/\d/.test(rest)) {
    return refused('Ô này có ký tự không thuộc một số.', 'This holds characters that belong to no number.');
  }
  if (rest !== text) return refused('Số này âm.', 'This number is negative.');
  if (text.length > 24) return refused('Số này quá dài.', 'This number is too long.');
  if (/^\d+$/.test(text)) return bounded(text);
  if (text.includes(' ')) {
    const says = `${text} có dấu cách ở giữa.`;
    const saysEn = `${text} has blanks inside.`;
    if (isGrouped(text, ' ')) return instead(says, saysEn, text.replace(/\D/g, ''));
    return refused(says, saysEn);
  }
  if (text.includes(',')) return withCommas(text);
  return isGrouped(text, '.') ? bounded(text.replaceAll('.', '')) : withDots(text);
}

const folded = (text: string): string =>
  clean(text)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase();
const kNothing = ['khong phat sinh', 'khong co phat sinh', 'khong phat sinh so lieu', 'khong co so lieu phat sinh', 'kps'];
const kUnclear = ['khong', 'khong co', 'ko', 'x'];

// A cell that holds a count: a number, "không phát sinh", or nothing yet. "không" and "-" may be 0 or nothing: asked back.
export function readCount(typed: string): Reading {
  const words = folded(typed);
  if (words === '') return { empty: true };
  if (kNothing.includes(words)) return { nothing: true };
  if (kUnclear.includes(words) || /^[-–—.]+$/.test(words)) {
    return {
      fault: {
        says: 'Ô này nghĩa là 0 hay không phát sinh?',
        says_en: 'Does this mean 0, or nothing to report?',
        do: 'Ghi 0 hoặc ghi “không phát sinh”; chưa có số thì để trống.',
        do_en: 'Write 0 or “không phát sinh”; leave it empty when it is not known.',
      },
    };
  }
  return readNumber(typed);
}

// As it stands in a cell once it is read: always with dots, which is how it is read again.
export const written = (value: number): string => grouped(String(value), '.');
