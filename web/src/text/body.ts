// Words of the page of a body.

import { words } from './i18n.svelte';

export const t = words({
  under: ['Thuộc', 'Under'],
  aliases: ['Còn gọi là', 'Also called'],
  kind: ['Loại', 'Kind'],
  kind_committee: ['Ủy ban nhân dân', 'People’s Committee'],
  kind_department: ['Sở, ngành', 'Department'],
  kind_agency: ['Cơ quan', 'Agency'],
  kind_operator: ['Nhà mạng', 'Operator'],
  kind_centre: ['Trung tâm điều hành', 'Operations centre'],
  kind_school: ['Trường học', 'School'],
  kind_station: ['Đài phát thanh, truyền hình', 'Station'],
  scope: ['{0} so với mục tiêu', '{0} against its targets'],
  own: ['Cán bộ của cơ quan', 'Staff of the body'],
  below: ['Cơ quan trực thuộc', 'Bodies under it'],
  nothingScope: [
    'Cơ quan này không phụ trách đơn vị hành chính nào; số của nó nằm trong báo cáo đã nộp.',
    'This body answers for no unit; its figures stand in the reports it sent.',
  ],
});
