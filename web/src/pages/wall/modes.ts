// What a wall shows in turn.
export const modes = ['where', 'silent', 'days'] as const;
export type Mode = (typeof modes)[number];
