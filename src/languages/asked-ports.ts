/** Ports of databases, queues, directories and mail: beside an address, one of them is what a program asks, seldom where it listens. */
export const ASKED_PORTS: ReadonlySet<number> = new Set([
  143, 389, 465, 587, 636, 993, 995, 1433, 1883, 3306, 4222, 5432, 5672, 6379, 9042, 9092, 9200, 11211, 27017,
]);
