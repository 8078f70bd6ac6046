// The language that is shown, and how an area's words are written: Vietnamese and English beside each other, so that one
// without the other does not compile.
//
//   export const t = words({ late: ['Trễ {0}', '{0} late'] });      t('late', '2 giờ')

type Pair = readonly [vi: string, en: string];
export type Language = 'vi' | 'en';

const kKept = 'bluezone-language';

function keptLanguage(): Language {
  try {
    return localStorage.getItem(kKept) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi'; // storage is forbidden in this browser
  }
}

const state = $state<{ language: Language }>({ language: keptLanguage() });

export const language = (): Language => state.language;

export function switchLanguage(): void {
  state.language = state.language === 'vi' ? 'en' : 'vi';
  try {
    localStorage.setItem(kKept, state.language);
  } catch {
    // Then it is forgotten with the page.
  }
}

// Of what the server says in both: says / says_en, shown / shown_en.
export const either = (vi: string | undefined, en: string | undefined): string =>
  (state.language === 'vi' ? vi : en) ?? vi ?? en ?? '';

export function words<W extends Record<string, Pair>>(area: W) {
  return (word: keyof W & string, ...filled: (string | number)[]): string => {
    const pair = area[word];
    const text = pair === undefined ? word : pair[state.language === 'vi' ? 0 : 1];
    return filled.length === 0 ? text : text.replace(/\{(\d)\}/g, (_, n: string) => String(filled[Number(n)] ?? ''));
  };
}
