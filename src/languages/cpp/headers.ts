/** Libraries by the headers that are included, as packages of Debian 13 and as what has to be linked. */

export interface HeaderRule {
  /** A header, or with `/` at its end a folder of headers. */
  readonly header: string;
  readonly packages: readonly string[];
  /** Where Debian has them, if that is no folder of the compiler's own. */
  readonly folder?: string;
  /** What has to be linked, in that order; nothing for libraries that are headers only. */
  readonly links?: readonly string[];
}

/** Libraries by their headers, for projects whose build files do not say. */
export const HEADERS: readonly HeaderRule[] = [
  { header: 'asio.hpp', packages: ['libasio-dev'] },
  { header: 'httplib.h', packages: ['libcpp-httplib-dev'], links: ['cpp-httplib'] },
  { header: 'microhttpd.h', packages: ['libmicrohttpd-dev'], links: ['microhttpd'] },
];

/** More of them, where no build file could say otherwise. */
export const PLAIN_HEADERS: readonly HeaderRule[] = [
  ...HEADERS,
  { header: 'cjson/', packages: ['libcjson-dev'], links: ['cjson'] },
  { header: 'cpprest/', packages: ['libcpprest-dev'], links: ['cpprest', 'ssl', 'crypto'] },
  { header: 'curl/', packages: ['libcurl4-openssl-dev'], links: ['curl'] },
  { header: 'event2/', packages: ['libevent-dev'], links: ['event'] },
  { header: 'fmt/', packages: ['libfmt-dev'], links: ['fmt'] },
  { header: 'gmp.h', packages: ['libgmp-dev'], links: ['gmp'] },
  { header: 'hiredis/', packages: ['libhiredis-dev'], links: ['hiredis'] },
  { header: 'jansson.h', packages: ['libjansson-dev'], links: ['jansson'] },
  { header: 'json-c/', packages: ['libjson-c-dev'], links: ['json-c'] },
  { header: 'json/json.h', packages: ['libjsoncpp-dev'], folder: '/usr/include/jsoncpp', links: ['jsoncpp'] },
  { header: 'libpq-fe.h', packages: ['libpq-dev'], folder: '/usr/include/postgresql', links: ['pq'] },
  { header: 'libxml/', packages: ['libxml2-dev'], folder: '/usr/include/libxml2', links: ['xml2'] },
  { header: 'ncurses.h', packages: ['libncurses-dev'], links: ['ncurses'] },
  { header: 'nlohmann/', packages: ['nlohmann-json3-dev'] },
  { header: 'openssl/', packages: ['libssl-dev'], links: ['ssl', 'crypto'] },
  { header: 'pqxx/', packages: ['libpqxx-dev', 'libpq-dev'], links: ['pqxx', 'pq'] },
  { header: 'readline/', packages: ['libreadline-dev'], links: ['readline'] },
  { header: 'spdlog/', packages: ['libspdlog-dev'], links: ['spdlog', 'fmt'] },
  { header: 'sqlite3.h', packages: ['libsqlite3-dev'], links: ['sqlite3'] },
  { header: 'uv.h', packages: ['libuv1-dev'], links: ['uv'] },
  { header: 'yaml-cpp/', packages: ['libyaml-cpp-dev'], links: ['yaml-cpp'] },
  { header: 'zlib.h', packages: ['zlib1g-dev'], links: ['z'] },
  { header: 'zmq.h', packages: ['libzmq3-dev'], links: ['zmq'] },
  { header: 'Poco/Net/', packages: ['libpoco-dev'], links: ['PocoNet'] },
  { header: 'Poco/Util/', packages: ['libpoco-dev'], links: ['PocoUtil'] },
  { header: 'Poco/JSON/', packages: ['libpoco-dev'], links: ['PocoJSON'] },
  { header: 'Poco/Data/', packages: ['libpoco-dev'], links: ['PocoData'] },
  { header: 'Poco/', packages: ['libpoco-dev'], links: ['PocoFoundation'] },
  { header: 'pistache/', packages: ['libpistache-dev'], links: ['pistache'] },
  { header: 'ulfius.h', packages: ['libulfius-dev'], links: ['ulfius', 'orcania', 'yder'] },
  { header: 'civetweb.h', packages: ['libcivetweb-dev'], links: ['civetweb'] },
  { header: 'fcgi_stdio.h', packages: ['libfcgi-dev'], links: ['fcgi'] },
  { header: 'fcgiapp.h', packages: ['libfcgi-dev'], links: ['fcgi'] },
  { header: 'libwebsockets.h', packages: ['libwebsockets-dev'], links: ['websockets'] },
  { header: 'websocketpp/', packages: ['libwebsocketpp-dev', 'libboost-dev'] },
  { header: 'mosquitto.h', packages: ['libmosquitto-dev'], links: ['mosquitto'] },
  { header: 'librdkafka/', packages: ['librdkafka-dev'], links: ['rdkafka'] },
  { header: 'mysql/mysql.h', packages: ['default-libmysqlclient-dev'], links: ['mysqlclient'] },
  { header: 'ev.h', packages: ['libev-dev'], links: ['ev'] },
  { header: 'liburing.h', packages: ['liburing-dev'], links: ['uring'] },
  { header: 'sodium.h', packages: ['libsodium-dev'], links: ['sodium'] },
  { header: 'leveldb/', packages: ['libleveldb-dev'], links: ['leveldb'] },
  { header: 'lmdb.h', packages: ['liblmdb-dev'], links: ['lmdb'] },
  { header: 're2/', packages: ['libre2-dev'], links: ['re2'] },
  { header: 'pcap.h', packages: ['libpcap-dev'], links: ['pcap'] },
  { header: 'pcap/', packages: ['libpcap-dev'], links: ['pcap'] },
  { header: 'uuid/uuid.h', packages: ['uuid-dev'], links: ['uuid'] },
  { header: 'png.h', packages: ['libpng-dev'], links: ['png'] },
  { header: 'jpeglib.h', packages: ['libjpeg-dev'], links: ['jpeg'] },
  { header: 'SDL2/', packages: ['libsdl2-dev'], links: ['SDL2'] },
  { header: 'pugixml.hpp', packages: ['libpugixml-dev'], links: ['pugixml'] },
  { header: 'tinyxml2.h', packages: ['libtinyxml2-dev'], links: ['tinyxml2'] },
  { header: 'rapidjson/', packages: ['rapidjson-dev'] },
  { header: 'toml++/', packages: ['libtomlplusplus-dev'] },
  { header: 'cxxopts.hpp', packages: ['libcxxopts-dev'] },
  { header: 'CLI/', packages: ['libcli11-dev'] },
  { header: 'argparse/', packages: ['libargparse-dev'] },
  { header: 'boost/program_options/', packages: ['libboost-program-options-dev'], links: ['boost_program_options'] },
  { header: 'boost/program_options.hpp', packages: ['libboost-program-options-dev'], links: ['boost_program_options'] },
  { header: 'boost/filesystem.hpp', packages: ['libboost-filesystem-dev'], links: ['boost_filesystem'] },
  { header: 'boost/thread.hpp', packages: ['libboost-thread-dev'], links: ['boost_thread'] },
  { header: 'boost/json.hpp', packages: ['libboost-json-dev'], links: ['boost_json'] },
  { header: 'boost/url.hpp', packages: ['libboost-url-dev'], links: ['boost_url'] },
  { header: 'boost/log/', packages: ['libboost-log-dev'], links: ['boost_log', 'boost_thread'] },
];

export const included = (headers: ReadonlySet<string>, rules: readonly HeaderRule[]): HeaderRule[] =>
  rules.filter(({ header }) =>
    header.endsWith('/') ? [...headers].some((name) => name.startsWith(header)) : headers.has(header),
  );

/** What a program without a build file has to be linked with, by the headers that it includes. */
export const linkedLibraries = (headers: ReadonlySet<string>): string[] => [
  ...new Set(included(headers, PLAIN_HEADERS).flatMap(({ links = [] }) => links)),
];

/** Folders that the compiler of a program without a build file is told of, by the headers that it includes. */
export const headerFolders = (headers: ReadonlySet<string>): string[] => [
  ...new Set(included(headers, PLAIN_HEADERS).flatMap(({ folder = [] }) => folder)),
];
