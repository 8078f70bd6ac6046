// Words of the health officer's page of codes.

import { addRefusals } from './common';
import { words } from './i18n.svelte';

export const t = words({
  subtitle: ['Cấp mã cho người mắc bệnh', 'Codes for confirmed cases'],
  working: ['Đang xử lý…', 'Working…'],

  issue: ['Cấp mã mới', 'Issue a code'],
  authority: ['Đơn vị', 'Authority'],
  testType: ['Kết quả', 'Result'],
  type_confirmed: ['Dương tính (xét nghiệm khẳng định)', 'Confirmed by a test'],
  type_likely: ['Nhiều khả năng nhiễm (lâm sàng)', 'Likely (clinical)'],
  type_negative: ['Âm tính', 'Negative'],
  type_contact: ['Tiếp xúc gần (F1)', 'Close contact (F1)'],
  symptomDate: ['Ngày khởi phát triệu chứng', 'Date symptoms began'],
  symptomHelp: ['Để trống nếu không có triệu chứng.', 'Leave empty when there were none.'],
  testDate: ['Ngày xét nghiệm', 'Date of the test'],
  dateShape: ['ngày/tháng/năm', 'dd/MM/yyyy'],
  dateWrong: ['Hãy viết ngày dạng ngày/tháng/năm, ví dụ', 'Write the date as dd/MM/yyyy, for example'],
  dateAhead: ['Ngày này chưa tới.', 'That day has not come yet.'],
  dateNeeded: ['Cần ít nhất một trong hai ngày.', 'At least one of the two dates is needed.'],
  issueButton: ['Cấp mã', 'Issue the code'],

  yourCode: ['Mã đã cấp', 'The code'],
  readCode: [
    'Đọc mã này cho người bệnh. Họ nhập mã vào ứng dụng trên điện thoại.',
    'Read this code to the person, who types it into the app.',
  ],
  goodFor: ['Còn hiệu lực', 'Good for'],
  until: ['đến', 'until'],
  expired: ['Mã đã hết hạn. Hãy cấp mã mới.', 'The code is out of time. Issue another.'],
  expiredByYou: ['Mã đã được hủy.', 'The code has been cancelled.'],
  copy: ['Sao chép mã', 'Copy the code'],
  copied: ['Đã sao chép.', 'Copied.'],
  notCopied: [
    'Trình duyệt không cho sao chép; hãy chọn và sao chép bằng tay.',
    'The browser does not allow it; select and copy by hand.',
  ],
  expire: ['Hủy mã này', 'Cancel this code'],

  today: ['Hôm nay', 'Today'],
  issued: ['Mã đã cấp', 'Codes issued'],
  issuedByMe: ['Do tôi cấp', 'By me'],
  claimed: ['Mã đã dùng', 'Codes used'],
  invalid: ['Lần nhập sai', 'Wrong tries'],
  quotaLeft: ['Còn được cấp', 'Left to issue'],
  callbacks: ['Lời nhắn chờ', 'Messages'],
  reload: ['Cập nhật', 'Refresh'],
  paused: [
    'Mã ngắn đang tạm dừng vì có quá nhiều lần nhập sai. Hãy báo quản trị viên.',
    'Short codes are paused: too many wrong tries. Tell an administrator.',
  ],
  way: ['Đưa mã bằng cách nào', 'How the code is given'],
  way_read: ['Đọc cho người bệnh (mã ngắn)', 'Read to the person (short code)'],
  way_sms: ['Nhắn tin liên kết (mã dài)', 'Text message with a link (long code)'],
  phone: ['Số điện thoại nhận tin', 'Telephone for the message'],
  phoneHelp: ['Dùng một lần để gửi, không lưu. Ví dụ: {0}.', 'Used once to send it, not kept. Such as: {0}.'],
  phoneFault: ['Hãy viết đủ số, ví dụ {0}.', 'Write the whole number, such as {0}.'],
  smsSent: ['Đã gửi tin nhắn có liên kết.', 'The message with the link is on its way.'],
  longUntil: ['Liên kết dùng được đến', 'The link is good until'],
  reference: ['Số tham chiếu', 'Reference'],

  bulk: ['Cấp nhiều mã một lần', 'Issue many codes at once'],
  bulkHelp: [
    'Cho điểm xét nghiệm mất mạng: in ra, phát lần lượt. Không gắn với số điện thoại.',
    'For a testing place without a line: print them and hand them out. No telephone numbers.',
  ],
  howMany: ['Bao nhiêu mã', 'How many'],
  howManyHelp: ['Từ 1 đến 1000.', '1 to 1000.'],
  howManyFault: ['Nhập một số từ 1 đến 1000.', 'Type a number from 1 to 1000.'],
  bulkButton: ['Cấp các mã', 'Issue the codes'],
  bulkDone: ['Các mã đã cấp', 'The codes'],
  bulkRefused: ['không cấp được', 'not issued'],
  copyAll: ['Sao chép tất cả', 'Copy all'],
  print: ['In', 'Print'],
  goodUntil: ['Hết hạn', 'Good until'],
  numberOf: ['Số', 'No.'],
  code: ['Mã', 'Code'],

  status: ['Xem tình trạng một mã', 'The state of a code'],
  statusHelp: ['Mã không còn lưu ở đâu; tra bằng số tham chiếu.', 'The code itself is kept nowhere; look it up by its reference.'],
  statusFault: ['Số tham chiếu có dạng {0}.', 'A reference looks like {0}.'],
  look: ['Xem', 'Show'],
  state: ['Tình trạng', 'State'],
  state_claimed: ['đã dùng', 'used'],
  state_open: ['chưa dùng', 'not used'],
  state_over: ['hết hạn', 'out of time'],
  revocable: ['có thể thu hồi', 'can be revoked'],
  mine: ['Mã cấp trong phiên này', 'Codes of this session'],

  calls: ['Lời nhắn chờ gọi lại', 'Messages that wait'],
  callsHelp: ['Ai mở thì người đó gọi lại; một giờ sau lời nhắn bị xóa.', 'Whoever opens one calls back; it is deleted an hour later.'],
  noCalls: ['Không có lời nhắn nào chờ.', 'No message waits.'],
  fetch: ['Mở', 'Open'],
  fetched: ['tôi đã mở', 'opened by me'],
  sealed: ['Lời nhắn được niêm phong; mở bằng khóa của đơn vị:', 'The message is sealed; it is opened with the key of the authority:'],
  day: ['Ngày', 'Day'],
  act: ['Thao tác', 'Do'],

  revocations: ['Thu hồi khóa đã công bố', 'Revoking published keys'],
  revocationsHelp: [
    'Khi mã cấp nhầm đã được dùng. Hai người: một người đề nghị, người khác duyệt.',
    'When a wrongly issued code was used. Two persons: one asks, another approves.',
  ],
  noRevocations: ['Chưa có đề nghị nào.', 'Nothing was asked for.'],
  reason: ['Lý do', 'Reason'],
  reasonFault: ['Hãy ghi lý do, ví dụ: nhầm mẫu xét nghiệm.', 'Say why, such as: the samples were mixed up.'],
  ask: ['Đề nghị thu hồi', 'Ask for it'],
  askedBy: ['Người đề nghị', 'Asked by'],
  approvedBy: ['Người duyệt', 'Approved by'],
  approve: ['Duyệt', 'Approve'],
  state_asked: ['chờ duyệt', 'asked'],
  state_approved: ['đã duyệt', 'approved'],
  handles: ['Thẻ niêm phong để thu hồi', 'Sealed handles for revoking'],
  takeHandles: ['Lấy thẻ', 'Take the handles'],

  noRole: [
    'Tài khoản này chưa được phân quyền cấp mã ở đơn vị nào. Hãy liên hệ quản trị viên.',
    'This account may not issue codes for any authority yet. Ask an administrator.',
  ],
  noIssuer: [
    'Tài khoản này không cấp mã; chỉ xem số liệu của đơn vị và việc của giám sát.',
    'This account issues no codes; it sees the counts of this authority and what supervisors do.',
  ],
});

export type CodesWord = Parameters<typeof t>[0];

addRefusals(
  words({
    refused_missing_date: ['Cần ít nhất một ngày.', 'A date is missing.'],
    refused_invalid_date: [
      'Ngày không được sau hôm nay hoặc quá 28 ngày trước.',
      'A date may not be after today or more than 28 days ago.',
    ],
    refused_invalid_test_type: [
      'Đơn vị này không cấp mã cho loại kết quả đó.',
      'This authority issues no codes for that result.',
    ],
    refused_quota_exceeded: ['Đã hết số mã được cấp hôm nay.', 'No codes are left to issue today.'],
    refused_code_invalid: ['Mã đã được dùng nên không hủy được.', 'The code has been used already.'],
    refused_not_revocable: [
      'Không có gì để thu hồi: mã chưa được dùng, hoặc đơn vị chưa có khóa giám sát.',
      'There is nothing to revoke: the code was not used, or the authority has no supervisors’ key.',
    ],
    refused_second_person_needed: ['Cần một giám sát khác duyệt.', 'Another supervisor has to approve.'],
    refused_already_approved: ['Đề nghị này đã được duyệt.', 'It is approved already.'],
    refused_code_expired: ['Mã đã hết hạn.', 'The code is out of time.'],
    refused_code_user_unauthorized: ['Mã này do người khác cấp.', 'Another person issued this code.'],
    refused_phone_number_invalid: ['Số điện thoại không đúng.', 'The telephone number is not right.'],
    refused_sms_queue_full: ['Cổng tin nhắn đang bận. Hãy thử lại.', 'The message gateway is busy. Try again.'],
    refused_sms_failure: ['Không gửi được tin nhắn; hãy đọc mã.', 'The message could not be sent; read the code out.'],
    refused_code_not_found: ['Không còn mã này.', 'There is no such code any more.'],
  }) as (word: string) => string,
);
