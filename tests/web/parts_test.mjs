// The page of all components, /parts, looked at in every state: both languages, both themes, from 360 px to 4K.
import { close, done, heading, look, newPage, url } from './portal.mjs';

try {
  for (const [width, colorScheme, language] of [
    [360, 'light', 'vi'],
    [1280, 'dark', 'vi'],
    [1280, 'light', 'en'],
    [3840, 'light', 'vi'],
  ]) {
    const page = await newPage(undefined, width, 900, { colorScheme });
    await page.goto(`${url}/parts`);
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click();
    await heading(page, language === 'vi' ? 'Các thành phần' : 'The parts');
    await look(page, `parts-${colorScheme}-${language}`);
    await page.context().close();
  }
  done('the components');
} finally {
  await close();
}
