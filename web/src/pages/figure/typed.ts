// A count as people type it: 68912, 68.912, 68,912. Nothing when it could mean something else (68.40, 1,5).
export function countOf(typed: string): number | undefined {
  const text = typed.trim().replace(/[\u00a0 ]/g, '');
  if (!/^(\d+|\d{1,3}(\.\d{3})+|\d{1,3}(,\d{3})+)$/.test(text)) return undefined;
  const value = Number(text.replace(/[.,]/g, ''));
  return Number.isSafeInteger(value) ? value : undefined;
}
