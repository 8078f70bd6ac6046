// What the window is called, when a page has a better name for itself than the menu's: setTitle('Trà Vinh').

import { route } from '../router.svelte';

const said = $state({ path: '', title: '' });

export function setTitle(title: string): void {
  said.path = route().path;
  said.title = title;
}
export const titleOf = (): string => (said.path === route().path ? said.title : '');
