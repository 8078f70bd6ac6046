// Words of the page for everybody.

import { words } from './i18n.svelte';

export const t = words({
  title: ['Bluezone: biết mình đã ở gần ca bệnh', 'Bluezone: know when you were near a case'],
  lead: [
    'Cài một lần, bật Bluetooth. Nếu sau này có người từng ở gần bạn được xác nhận mắc bệnh, điện thoại của bạn báo cho bạn biết.',
    'Install it once and leave Bluetooth on. If somebody who was near you is later confirmed ill, your phone tells you.',
  ],
  install: ['Cài ứng dụng', 'Install the app'],
  installOpen: ['Mở trang cài đặt', 'Open the install page'],
  installHow: [
    'Trên điện thoại: bấm nút này. Trên máy tính: mở máy ảnh của điện thoại và quét mã vuông.',
    'On a phone: press the button. On a computer: scan the square code with your phone’s camera.',
  ],
  qr: ['Mã vuông dẫn đến trang cài đặt {0}', 'A square code that leads to the install page {0}'],
  address: ['Địa chỉ', 'Address'],

  does: ['Ứng dụng làm gì', 'What the app does'],
  does1: [
    'Phát qua Bluetooth một mã ngẫu nhiên, đổi luôn, không cho biết bạn là ai.',
    'It sends a random code by Bluetooth that changes all the time and does not say who you are.',
  ],
  does2: [
    'Ghi trên máy của bạn những mã nghe được của máy ở gần, trong một số ngày có hạn, rồi xóa.',
    'It keeps the codes heard from phones nearby on your own phone, for a limited number of days, then deletes them.',
  ],
  does3: [
    'Tải danh sách mã của người mắc bệnh về và so trên máy của bạn. Không ai khác biết kết quả.',
    'It fetches the list of codes of people who were ill and compares on your phone. Nobody else learns the result.',
  ],
  does4: [
    'Nếu bạn mắc bệnh, và chỉ khi bạn đồng ý, gửi mã của bạn lên bằng mã số do cán bộ y tế đọc cho.',
    'If you are ill, and only when you agree, it sends your codes with a number that a health officer reads to you.',
  ],

  never: ['Ứng dụng không bao giờ làm gì', 'What the app never does'],
  never1: ['Không ghi bạn ở đâu: không dùng định vị.', 'It never records where you are: no location is used.'],
  never2: [
    'Không gửi danh sách người bạn đã gặp cho ai.',
    'It never sends anybody the list of those you met.',
  ],
  never3: [
    'Không hỏi tên, số giấy tờ hay danh bạ để hoạt động.',
    'It never asks for your name, your papers or your contacts in order to work.',
  ],
  never4: [
    'Không tự gửi gì khi bạn chưa đồng ý.',
    'It never publishes anything before you agree.',
  ],
  never5: [
    'Không dùng để phạt hay theo dõi một người.',
    'It is never used to punish or to follow a person.',
  ],

  adoption: ['Bao nhiêu người đã cài', 'How many have installed it'],
  whole: ['Toàn vùng', 'The whole'],
  children: ['Theo địa phương', 'By place'],
  place: ['Địa phương', 'Place'],
  installed: ['Đã cài', 'Installed'],
  handsets: ['máy', 'handsets'],
  people: ['người', 'people'],
  rate: ['Tỷ lệ', 'Rate'],
  hiddenNote: [
    'Số nhỏ được ẩn để không ai bị nhận ra; số có thể tính ngược ra số ẩn cũng được ẩn.',
    'Small counts are hidden so that nobody can be recognised, and so are those from which a hidden one could be worked out.',
  ],
  until: ['Số đến {0}. Nguồn: {1}.', 'Figures to the {0}. Source: {1}.'],
  'source_app-counter': ['bộ đếm của ứng dụng', "the app's counter"],
  source_department: ['cơ quan của tỉnh báo cáo', 'reported by the province'],
  source_other: ['cơ quan nhà nước báo cáo', 'reported by public bodies'],
  chooseUnit: ['Xem địa phương', 'Show a place'],
  find: ['Gõ tên tỉnh, huyện, ví dụ: tra vinh', 'Type a province or district, such as tra vinh'],
  search: ['Tìm', 'Find'],
  none: ['Không có địa phương nào tên như vậy.', 'No place has such a name.'],
  country: ['Cả nước', 'The country'],
  officials: ['Dành cho cán bộ: đăng nhập', 'For officials: log in'],
});
