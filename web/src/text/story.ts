import { words } from './i18n.svelte';

export const t = words({
  story: ['Bản trình diễn', 'Demonstration'],
  clock: [
    'Ở đây là {0}: đồng hồ của câu chuyện, không phải giờ thật. Báo cáo nộp ở đây được đánh dấu minh họa.',
    'Here it is {0}: the clock of the story, not the real one. Reports handed in here are marked illustrative.',
  ],
});
