// A count as it is read aloud over the telephone, in Vietnamese; the same rules as vi/number.h:
// 9120 "chín nghìn một trăm hai mươi", 1005 "một nghìn không trăm linh năm" (in the south "một ngàn không trăm lẻ năm").

const kDigits = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];
const kSizes: [size: number, north: string, south: string][] = [
  [1_000_000_000, 'tỷ', 'tỷ'],
  [1_000_000, 'triệu', 'triệu'],
  [1_000, 'nghìn', 'ngàn'],
];

const digit = (value: number): string => kDigits[value] ?? '';

// How 1, 4 and 5 sound depends on the tens before them.
function unit(units: number, tens: number): string {
  if (units === 1 && tens > 1) return 'mốt';
  if (units === 4 && tens > 1) return 'tư';
  if (units === 5 && tens > 0) return 'lăm';
  return digit(units);
}

// 1 to 999; `whole` where a higher group was read, so that missing hundreds are read too.
function group(value: number, whole: boolean, south: boolean): string[] {
  const [hundreds, tens, units] = [Math.floor(value / 100), Math.floor(value / 10) % 10, value % 10];
  const hasHundreds = hundreds > 0 || whole;
  const said: string[] = [];
  if (hasHundreds) said.push(digit(hundreds), 'trăm');
  if (tens === 0 && units > 0 && hasHundreds) said.push(south ? 'lẻ' : 'linh');
  if (tens === 1) said.push('mười');
  if (tens > 1) said.push(digit(tens), 'mươi');
  if (units > 0) said.push(unit(units, tens));
  return said;
}

function spoken(count: number, whole: boolean, south: boolean): string[] {
  const said: string[] = [];
  let rest = count;
  for (const [size, north, southern] of kSizes) {
    if (rest < size) continue;
    said.push(...spoken(Math.floor(rest / size), whole, south), south ? southern : north);
    whole = true;
    rest %= size;
  }
  if (rest > 0) said.push(...group(rest, whole, south));
  return said;
}

export const countInWords = (count: number, south = false): string =>
  count === 0 ? digit(0) : spoken(count, false, south).join(' ');
