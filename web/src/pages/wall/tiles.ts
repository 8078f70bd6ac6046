// Where each unit's tile stands, where there are no borders: laid out by hand so that neighbours are neighbours, north on top.

import { type Inset, type Place } from '../../parts/places';

type Layout = Record<string, readonly [column: number, row: number]>;

const codeOf = (key: string) => key.split('@')[0] ?? key;

// Nine districts of Trà Vinh.
const kTraVinh: Layout = {
  844: [0, 0], 842: [1, 0], 847: [2, 0], // Càng Long, TP. Trà Vinh, Châu Thành
  845: [0, 1], 846: [1, 1], 848: [2, 1], // Cầu Kè, Tiểu Cần, Cầu Ngang
  849: [0, 2], 850: [1, 2], 851: [2, 2], // Trà Cú, Duyên Hải, TX. Duyên Hải
};

// Eleven districts of Bình Phước.
const kBinhPhuoc: Layout = {
  692: [0, 0], 693: [1, 0], 691: [2, 0], // Lộc Ninh, Bù Đốp, Bù Gia Mập
  690: [0, 1], 698: [1, 1], 688: [2, 1], 696: [3, 1], // Bình Long, Phú Riềng, Phước Long, Bù Đăng
  694: [0, 2], 689: [1, 2], 695: [2, 2], // Hớn Quản, Đồng Xoài, Đồng Phú
  697: [0, 3], // Chơn Thành
};

const kHoangSa = 'hoang-sa';
const kTruongSa = 'truong-sa';

// 63 provinces, until 30/6/2025.
const k63: Layout = {
  '02': [3, 0], '04': [4, 0], // Hà Giang, Cao Bằng
  12: [1, 1], 10: [2, 1], '08': [3, 1], '06': [4, 1], 20: [5, 1], // Lai Châu, Lào Cai, Tuyên Quang, Bắc Kạn, Lạng Sơn
  11: [0, 2], 14: [1, 2], 15: [2, 2], 25: [3, 2], 19: [4, 2], 24: [5, 2], 22: [6, 2], // Điện Biên … Quảng Ninh
  17: [2, 3], 26: [3, 3], '01': [4, 3], 27: [5, 3], 30: [6, 3], 31: [7, 3], // Hòa Bình … Hải Phòng
  35: [4, 4], 33: [5, 4], 34: [6, 4], // Hà Nam, Hưng Yên, Thái Bình
  38: [3, 5], 37: [4, 5], 36: [5, 5], // Thanh Hóa, Ninh Bình, Nam Định
  40: [3, 6], 42: [4, 6], // Nghệ An, Hà Tĩnh
  44: [4, 7], // Quảng Bình
  45: [4, 8], 46: [5, 8], // Quảng Trị, Thừa Thiên Huế
  49: [5, 9], 48: [6, 9], [kHoangSa]: [7, 9], // Quảng Nam, Đà Nẵng
  62: [5, 10], 51: [6, 10], // Kon Tum, Quảng Ngãi
  64: [5, 11], 52: [6, 11], // Gia Lai, Bình Định
  66: [5, 12], 54: [6, 12], // Đắk Lắk, Phú Yên
  70: [3, 13], 67: [4, 13], 68: [5, 13], 56: [6, 13], [kTruongSa]: [7, 13], // Bình Phước, Đắk Nông, Lâm Đồng, Khánh Hòa
  72: [2, 14], 74: [3, 14], 75: [4, 14], 60: [5, 14], 58: [6, 14], // Tây Ninh … Ninh Thuận
  89: [0, 15], 87: [1, 15], 80: [2, 15], 79: [3, 15], 77: [4, 15], // An Giang … Bà Rịa - Vũng Tàu
  91: [0, 16], 92: [1, 16], 86: [2, 16], 82: [3, 16], // Kiên Giang, Cần Thơ, Vĩnh Long, Tiền Giang
  93: [1, 17], 84: [2, 17], 83: [3, 17], // Hậu Giang, Trà Vinh, Bến Tre
  96: [0, 18], 95: [1, 18], 94: [2, 18], // Cà Mau, Bạc Liêu, Sóc Trăng
};

// 34 provinces, since 1/7/2025.
const k34: Layout = {
  12: [0, 0], 15: [1, 0], '08': [2, 0], '04': [3, 0], // Lai Châu, Lào Cai, Tuyên Quang, Cao Bằng
  11: [0, 1], 14: [1, 1], 25: [2, 1], 19: [3, 1], 20: [4, 1], // Điện Biên, Sơn La, Phú Thọ, Thái Nguyên, Lạng Sơn
  '01': [2, 2], 24: [3, 2], 22: [4, 2], // Hà Nội, Bắc Ninh, Quảng Ninh
  37: [2, 3], 33: [3, 3], 31: [4, 3], // Ninh Bình, Hưng Yên, Hải Phòng
  38: [2, 4], // Thanh Hóa
  40: [2, 5], // Nghệ An
  42: [3, 6], // Hà Tĩnh
  44: [3, 7], // Quảng Trị
  46: [3, 8], 48: [4, 8], [kHoangSa]: [5, 8], // Huế, Đà Nẵng
  51: [4, 9], // Quảng Ngãi
  52: [4, 10], // Gia Lai
  66: [4, 11], // Đắk Lắk
  68: [3, 12], 56: [4, 12], [kTruongSa]: [5, 12], // Lâm Đồng, Khánh Hòa
  80: [1, 13], 75: [2, 13], // Tây Ninh, Đồng Nai
  82: [1, 14], 79: [2, 14], // Đồng Tháp, TP. Hồ Chí Minh
  91: [0, 15], 92: [1, 15], 86: [2, 15], // An Giang, Cần Thơ, Vĩnh Long
  96: [0, 16], // Cà Mau
};

// The tiles of a unit's children, by their keys; empty where nobody has laid them out.
export function tilesOf(unit: string, children: string[]): Layout {
  const by: Record<string, Layout> = { 84: kTraVinh, 70: kBinhPhuoc, VN: children.length > 34 ? k63 : k34 };
  const layout = by[codeOf(unit)];
  if (!layout) return {};
  const placed: Layout = {};
  for (const key of children) {
    const at = layout[codeOf(key)];
    if (at) placed[key] = at;
  }
  for (const island of [kHoangSa, kTruongSa]) {
    const at = layout[island];
    if (at) placed[island] = at;
  }
  return placed;
}

// Longitude and latitude of the larger islands.
const kHoangSaAt: Inset = {
  west: 110.9,
  south: 15.5,
  east: 113,
  north: 17.3,
  islands: [
    [111.6, 16.53], [111.5, 16.45], [111.7, 16.45], [111.75, 16.47], // Hoàng Sa, Quang Ảnh, Quang Hòa, Duy Mộng
    [111.2, 15.78], [111.77, 16.05], // Tri Tôn, Bạch Quy
    [112.34, 16.84], [112.33, 16.95], [112.31, 16.97], [112.73, 16.67], // Phú Lâm, đảo Trung, đảo Bắc, Linh Côn
  ],
};
const kTruongSaAt: Inset = {
  west: 111.3,
  south: 7.2,
  east: 116.3,
  north: 11.9,
  islands: [
    [111.92, 8.64], [112.35, 8.93], [113.69, 8.97], [112.92, 7.89], // Trường Sa, Trường Sa Đông, Phan Vinh, An Bang
    [114.33, 9.89], [114.37, 10.18], [114.37, 10.38], [114.48, 10.37], // Sinh Tồn, Nam Yết, Ba Bình, Sơn Ca
    [114.33, 11.43], [114.35, 11.45], [114.28, 11.05], [114.42, 10.67], // Song Tử Tây, Song Tử Đông, Thị Tứ, Loại Ta
    [115.02, 11.08], [115.8, 10.73], [115.83, 10.82], // Bến Lạc, Vĩnh Viễn, Bình Nguyên
  ],
};

// Every map of the country names both archipelagos, whatever else is on it.
export const islandsOf = (unit: string, partOf: (name: string) => string): Place[] =>
  codeOf(unit) === 'VN'
    ? [
        { key: kHoangSa, name: 'Hoàng Sa (Đà Nẵng)', short: 'Hoàng Sa', isLabel: true, note: partOf('Đà Nẵng'), inset: kHoangSaAt },
        { key: kTruongSa, name: 'Trường Sa (Khánh Hòa)', short: 'Trường Sa', isLabel: true, note: partOf('Khánh Hòa'), inset: kTruongSaAt },
      ]
    : [];

// On a tile: "Trà Cú", "TP. Trà Vinh"; a town keeps its type, since a district may have its name.
export const shortName = (name: string, isNational: boolean): string =>
  isNational
    ? name
        .replace(/^(Tỉnh|Thành phố) /, '')
        .replace('Hồ Chí Minh', 'TP. HCM')
        .replace('Bà Rịa - Vũng Tàu', 'BR-VT')
        .replace('Thừa Thiên Huế', 'TT. Huế')
    : name
        .replace(/^(Huyện|Tỉnh|Xã|Quận) (?=\D)/, '')
        .replace(/^Thành phố /, 'TP. ')
        .replace(/^Thị xã /, 'TX. ');
