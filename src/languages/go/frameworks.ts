/**
 * What packages of others tell about a program that imports them. Exact import paths (and what lies below them),
 * never parts of names.
 */

export interface Framework {
  readonly id: string;
  readonly packages: readonly string[];
  /** The port it takes where the program names none. */
  readonly port?: number;
  /** Arguments without which the program serves nothing. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** It keeps its data in a folder of its own. */
  readonly stores?: true;
  /** It can serve from children, each of which ends when its parent is PID 1: that it takes for the parent's death. */
  readonly preforks?: true;
}

/** Web frameworks and servers, the more telling first. Whoever imports one serves. */
export const FRAMEWORKS: readonly Framework[] = [
  {
    id: 'pocketbase',
    packages: ['github.com/pocketbase/pocketbase'],
    port: 8080,
    args: ['serve', '--http=0.0.0.0:8080'],
    stores: true,
  },
  { id: 'functions-framework', packages: ['github.com/GoogleCloudPlatform/functions-framework-go/funcframework'] },
  { id: 'gin', packages: ['github.com/gin-gonic/gin'], env: { GIN_MODE: 'release' } },
  { id: 'echo', packages: ['github.com/labstack/echo'] },
  { id: 'fiber', packages: ['github.com/gofiber/fiber'], preforks: true },
  { id: 'beego', packages: ['github.com/beego/beego', 'github.com/astaxie/beego'] },
  { id: 'buffalo', packages: ['github.com/gobuffalo/buffalo'], env: { ADDR: '0.0.0.0', GO_ENV: 'production' } },
  { id: 'gofr', packages: ['gofr.dev', 'gofr.dev/pkg/gofr'], port: 8000 },
  { id: 'hertz', packages: ['github.com/cloudwego/hertz'], port: 8888 },
  { id: 'iris', packages: ['github.com/kataras/iris'] },
  { id: 'huma', packages: ['github.com/danielgtaylor/huma'] },
  { id: 'fuego', packages: ['github.com/go-fuego/fuego'], port: 9999 },
  { id: 'go-zero', packages: ['github.com/zeromicro/go-zero/rest'] },
  { id: 'kratos', packages: ['github.com/go-kratos/kratos'] },
  { id: 'goframe', packages: ['github.com/gogf/gf'] },
  { id: 'gnet', packages: ['github.com/panjf2000/gnet'] },
  { id: 'flamego', packages: ['github.com/flamego/flamego'], port: 2830 },
  { id: 'dapr', packages: ['github.com/dapr/go-sdk/service/http', 'github.com/dapr/go-sdk/service/grpc'] },
  { id: 'chi', packages: ['github.com/go-chi/chi'] },
  { id: 'gorilla', packages: ['github.com/gorilla/mux'] },
  { id: 'httprouter', packages: ['github.com/julienschmidt/httprouter'] },
  { id: 'martini', packages: ['github.com/go-martini/martini'], port: 3000 },
  { id: 'fasthttp', packages: ['github.com/valyala/fasthttp'] },
  { id: 'grpc', packages: ['google.golang.org/grpc', 'connectrpc.com/connect'] },
];

/** Also used by clients: they tell a server only beside a call that listens. */
export const ALSO_CLIENTS: ReadonlySet<string> = new Set(['fasthttp', 'goframe', 'grpc', 'kratos']);

/** Libraries for command lines: what they run depends on arguments. */
export const COMMAND_LINES: readonly string[] = [
  'github.com/spf13/cobra',
  'github.com/urfave/cli',
  'github.com/alecthomas/kong',
  'github.com/alecthomas/kingpin',
  'gopkg.in/alecthomas/kingpin.v2',
  'github.com/jessevdk/go-flags',
  'github.com/peterbourgon/ff',
  'github.com/mitchellh/cli',
  'github.com/hashicorp/cli',
];

/** Queues and schedulers that a program waits on for ever. */
export const WORKERS: readonly string[] = [
  'github.com/hibiken/asynq',
  'github.com/rabbitmq/amqp091-go',
  'github.com/streadway/amqp',
  'github.com/segmentio/kafka-go',
  'github.com/IBM/sarama',
  'github.com/Shopify/sarama',
  'github.com/confluentinc/confluent-kafka-go',
  'github.com/twmb/franz-go',
  'github.com/nats-io/nats.go',
  'github.com/robfig/cron',
  'github.com/go-co-op/gocron',
  'github.com/ThreeDotsLabs/watermill',
  'github.com/riverqueue/river',
  'go.temporal.io/sdk/worker',
  'github.com/bwmarrin/discordgo',
  'github.com/go-telegram-bot-api/telegram-bot-api',
  'gopkg.in/telebot.v3',
];

/** Databases that live in a file of the program's own. */
export const STORES: readonly string[] = [
  'github.com/mattn/go-sqlite3',
  'modernc.org/sqlite',
  'github.com/ncruces/go-sqlite3',
  'zombiezen.com/go/sqlite',
  'github.com/glebarez/sqlite',
  'github.com/glebarez/go-sqlite',
  'gorm.io/driver/sqlite',
  'github.com/jinzhu/gorm/dialects/sqlite',
  'go.etcd.io/bbolt',
  'github.com/boltdb/bolt',
  'github.com/asdine/storm',
  'github.com/timshannon/bolthold',
  'github.com/timshannon/badgerhold',
  'github.com/dgraph-io/badger',
  'github.com/syndtr/goleveldb',
  'github.com/cockroachdb/pebble',
  'github.com/tidwall/buntdb',
  'github.com/nutsdb/nutsdb',
  'github.com/blevesearch/bleve',
  'github.com/marcboeker/go-duckdb',
  'github.com/duckdb/duckdb-go',
];
