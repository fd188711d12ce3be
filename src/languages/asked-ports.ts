/** Ports of databases, queues, directories, mail, registries, traces and a browser that is driven: beside an address, one of them is what a program asks, seldom where it listens. */
export const ASKED_PORTS: ReadonlySet<number> = new Set([
  143, 389, 465, 587, 636, 993, 995, 1025, 1433, 1883, 1900, 2181, 2379, 3306, 4222, 4317, 4318, 5432, 5672, 6379, 8125,
  8500, 9042, 9092, 9200, 9222, 9411, 11211, 14268, 27017,
]);
