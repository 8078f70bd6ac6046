// Order and search as people here expect them.

const collator = new Intl.Collator('vi', { numeric: true });
export const inOrder = (a: string, b: string): number => collator.compare(a, b);

// Without tones and marks: "Trà Cú" is found by "tra cu", "Đồng Xoài" by "dong xoai".
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

// Whether every word of `typed` begins a word of `text`.
export function matches(text: string, typed: string): boolean {
  const has = ` ${plain(text)}`;
  return plain(typed)
    .split(' ')
    .every((word) => has.includes(` ${word}`));
}
