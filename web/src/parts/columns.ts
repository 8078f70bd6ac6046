// A column of <Table>.
export interface Column<Row> {
  id: string;
  head: string;
  of?: string;
  numeric?: boolean;
  wide?: boolean;
  sort?: (row: Row) => string | number | undefined;
}
