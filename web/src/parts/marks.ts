// What may stand beside a number: how sure it is, and what became of it.

export type Mark =
  | 'provisional'
  | 'corrected'
  | 'about'
  | 'rounded'
  | 'at_least'
  | 'partial'
  | 'illustrative'
  | 'hidden'
  | 'nothing'
  | 'withdrawn'
  | 'disputed';
