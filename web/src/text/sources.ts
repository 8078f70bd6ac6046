// Sources, measures and indicators in words. What this page does not know keeps its code.

import { day } from './dates';
import { words } from './i18n.svelte';

const t = words({
  operator: ['nhà mạng {0}', 'operator {0}'],
  department: ['{0}', '{0}'],
  agency: ['{0}', '{0}'],
  ministry: ['{0}', '{0}'],
  census: ['Tổng điều tra {0}', 'census of {0}'],
  'app-counter': ['bộ đếm của ứng dụng', "the app's counter"],
  door: ['đi từng nhà', 'door to door'],
  entrance: ['ở cổng cơ quan', 'at the entrance'],
});

const measures = words({
  app_installed: ['máy đã cài', 'handsets with the app'],
  app_installed_sim: ['SIM đã cài', 'SIMs with the app'],
  installed_with_phone_number: ['máy đã khai số điện thoại', 'handsets with a phone number given'],
  bluetooth_on: ['máy bật Bluetooth', 'handsets with Bluetooth on'],
  population: ['người dân', 'residents'],
  households: ['hộ', 'households'],
  smartphone_users: ['người dùng điện thoại thông minh', 'smartphone users'],
  smartphone_subscriptions: ['thuê bao điện thoại thông minh', 'smartphone subscriptions'],
  headcount: ['người trong cơ quan', 'staff'],
  smartphone_owners: ['người có điện thoại thông minh', 'staff with a smartphone'],
  owners_installed: ['người có máy đã cài', 'owners who installed'],
  owners_bluetooth_on: ['người có máy bật Bluetooth', 'owners with Bluetooth on'],
  relatives_helped: ['người thân đã giúp cài', 'relatives helped'],
});

const indicators = words({
  'install_rate.population': ['trên dân số', 'of residents'],
  'install_rate.smartphone_users': ['trên số người dùng điện thoại thông minh', 'of smartphone users'],
  'install_rate.smartphone_subscriptions': ['trên thuê bao điện thoại thông minh', 'of smartphone subscriptions'],
  owners_bluetooth_on: ['số người có điện thoại thông minh đã bật Bluetooth', 'of smartphone owners with Bluetooth on'],
});

const letters = words({ withoutNumber: ['chưa ghi số, ký hiệu {0}', 'without a number, symbol {0}'] });
// Of "/STTTT-TTBCXB" nobody has written the number that stands before the stroke.
export const nameOfLetter = (letter: string): string =>
  letter.startsWith('/') ? letters('withoutNumber', letter.slice(1).trim()) : letter;

const known = (say: (word: never) => string, code: string) => say(code as never);
export const nameOfMeasure = (measure: string): string => known(measures, measure);
export const nameOfIndicator = (indicator: string): string => known(indicators, indicator);

// Bodies by slug, as pages have heard of them: "so-tttt-84" -> "Sở Thông tin và Truyền thông Trà Vinh".
// The ministry is none of them: it publishes, and reports to nobody.
const bodies = new Map([['bo-tttt', 'Bộ Thông tin và Truyền thông']]);
export function heardOfBody(slug: string, name: string): void {
  bodies.set(slug, name);
}
export const nameOfBody = (slug: string): string => bodies.get(slug) ?? slug;

// "department:so-tttt-84", "census:2019-04-01", "app-counter"
export function nameOfSource(source: string): string {
  const at = source.indexOf(':');
  const kind = at < 0 ? source : source.slice(0, at);
  const rest = at < 0 ? '' : source.slice(at + 1);
  const filled = /^\d{4}-\d\d-\d\d$/.test(rest) ? day(rest) : nameOfBody(rest);
  const said = t(kind as never, filled);
  return said === kind ? source : said;
}
