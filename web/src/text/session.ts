// Words of logging in.

import { words } from './i18n.svelte';

export const t = words({
  working: ['Đang xử lý…', 'Working…'],
  logIn: ['Đăng nhập', 'Log in'],
  name: ['Tên đăng nhập', 'Name'],
  password: ['Mật khẩu', 'Password'],
  next: ['Tiếp tục', 'Continue'],
  sessionEnded: [
    'Phiên làm việc đã kết thúc. Hãy đăng nhập lại.',
    'Your session has ended. Log in again.',
  ],
  leftOffline: ['Đã đăng xuất, và máy này không giữ gì của bạn.', 'You are logged out; this device keeps nothing of yours.'],
  unsentAsks: [
    'Trên máy này còn báo cáo chưa gửi. Đăng xuất thì bản nháp bị xóa.',
    'There is a report on this device that has not been sent. Logging out deletes the draft.',
  ],
  stay: ['Ở lại', 'Stay'],
  leaveUnsent: ['Đăng xuất và xóa bản nháp', 'Log out and delete the draft'],
  leftOfflineDo: ['Máy chủ được báo khi có mạng: đừng tắt trình duyệt trước đó.', 'The server is told when the line is back: leave the browser open until then.'],

  secondFactor: ['Mã xác thực', 'Second factor'],
  secondFactorHelp: [
    'Mở ứng dụng xác thực trên điện thoại và nhập mã 6 số của Bluezone.',
    'Open the authenticator app on your phone and type the 6 digits for Bluezone.',
  ],
  sixDigits: ['Mã 6 số', '6 digits'],
  digitsNeeded: [
    'Việc này cần mã 6 số của lần này, dù trình duyệt đã được tin.',
    'This needs the 6 digits of now, also in a trusted browser.',
  ],
  trust: ['Tin trình duyệt này 30 ngày', 'Trust this browser for 30 days'],
  trustHelp: [
    'Chỉ chọn trên máy của riêng bạn, không chọn trên máy dùng chung.',
    'Only on a computer of your own, never on a shared one.',
  ],
  useRecovery: ['Dùng mã khôi phục', 'Use a recovery code'],
  useApp: ['Dùng ứng dụng xác thực', 'Use the authenticator app'],
  recoveryCode: ['Mã khôi phục', 'Recovery code'],
  recoveryHelp: [
    'Nhập một trong mười mã đã ghi lại khi thiết lập. Mỗi mã chỉ dùng được một lần.',
    'Type one of the ten codes that you wrote down at set-up. Each is good once.',
  ],
  startAgain: ['Đăng nhập lại từ đầu', 'Start again'],

  setUp: ['Thiết lập tài khoản', 'Set up your account'],
  choosePassword: ['Chọn mật khẩu riêng', 'Choose your own password'],
  passwordHelp: [
    'Ít nhất 12 ký tự, không chứa tên đăng nhập. Một câu ngắn dễ nhớ là tốt nhất.',
    '12 characters or more, without your name in it. A short sentence is best.',
  ],
  newPassword: ['Mật khẩu mới', 'New password'],
  repeatPassword: ['Nhập lại mật khẩu mới', 'New password again'],
  passwordsDiffer: ['Hai mật khẩu không giống nhau.', 'The two passwords differ.'],
  connectPhone: ['Kết nối ứng dụng xác thực', 'Connect an authenticator app'],
  connectHelp: [
    'Dùng ứng dụng xác thực bất kỳ trên điện thoại quét hình này, hoặc nhập khóa bên dưới.',
    'Scan this with any authenticator app on your phone, or type the key below it.',
  ],
  qrAlt: [
    'Mã QR để kết nối ứng dụng xác thực; khóa bằng chữ ở ngay bên dưới',
    'QR code for the authenticator app; the key as text follows',
  ],
  secretKey: ['Khóa', 'Key'],
  codeFromApp: ['Mã 6 số mà ứng dụng hiển thị', 'The 6 digits that the app shows'],
  finishSetUp: ['Hoàn tất', 'Finish'],
  newPhone: ['Kết nối điện thoại mới', 'Connect the new phone'],
  finishPhone: ['Dùng điện thoại này', 'Use this phone'],

  recoveryCodes: ['Mã khôi phục', 'Recovery codes'],
  recoveryKeep: [
    'Ghi lại mười mã này và cất nơi an toàn. Khi không có điện thoại, mỗi mã thay được mã 6 số một lần. Chúng sẽ không hiện lại.',
    'Write these ten codes down and keep them safe. Without your phone, each replaces the 6 digits once. They are not shown again.',
  ],
  recoveryKept: ['Tôi đã ghi lại', 'I have written them down'],
  copyAll: ['Sao chép tất cả', 'Copy all'],
});
