// An answer that is kept fresh: asked for again every `every` seconds, by ETag, so that an unchanged one costs 100 bytes. When the
// server cannot be reached the last answer stays, and `staleSince` says since when: nothing spins and nothing is emptied.
//
//   const wall = new Live(() => '/campaign/v1/wall?unit=84', 30);   in a component; ends with it

import { serverNow } from './clock';
import { Refused, send } from './call';

export class Live<T> {
  value = $state.raw<T>();
  refused = $state<Refused>();
  staleSince = $state<number>(); // ms UTC of the last good answer, once one has failed
  loading = $state(true);
  goodAt = $state<number>(); // ms UTC

  private etag = '';
  private asked = '';
  private running: AbortController | undefined;

  constructor(private readonly url: () => string | undefined, every = 30) {
    $effect(() => {
      const url = this.url();
      void this.load(url);
      const timer = setInterval(() => {
        if (document.visibilityState === 'visible') void this.load(this.url());
      }, every * 1000);
      return () => {
        clearInterval(timer);
        this.running?.abort();
      };
    });
  }

  refresh = (): Promise<void> => this.load(this.url());

  private async load(url: string | undefined): Promise<void> {
    if (url === undefined) return;
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    if (url !== this.asked) {
      this.etag = '';
      this.loading = true;
    }
    const tag = this.etag;
    try {
      const headers: Record<string, string> = tag === '' ? {} : { 'If-None-Match': tag };
      const response = await send('GET', url, { headers, signal: running.signal });
      const value = response.status === 304 ? undefined : ((await response.json()) as T);
      if (running.signal.aborted) return;
      if (value !== undefined) {
        this.value = value;
        this.etag = response.headers.get('ETag') ?? '';
        this.asked = url;
      }
      this.refused = undefined;
      this.staleSince = undefined;
      this.goodAt = serverNow();
      this.loading = false;
    } catch (error) {
      if (running.signal.aborted) return;
      this.refused = error instanceof Refused ? error : new Refused('unreachable', 0);
      this.staleSince = this.goodAt;
      if (url !== this.asked) this.value = undefined; // what is there answers another question
      this.loading = false;
    }
  }
}
