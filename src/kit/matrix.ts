import type { Workload } from './model.ts';

/** Which workload fits which place, and what carries it there; or why it does not fit. */

export const targets = ['compose', 'kubernetes', 'lambda', 'cloud-run', 'knative'] as const;
export type Target = (typeof targets)[number];

export const targetTitles: Readonly<Record<Target, string>> = {
  compose: 'Docker Compose',
  kubernetes: 'Kubernetes',
  lambda: 'AWS Lambda',
  'cloud-run': 'Google Cloud Run',
  knative: 'Knative',
};

export const workloadTitles: Readonly<Record<Workload, string>> = {
  service: 'an API service',
  worker: 'a worker',
  job: 'a job that runs to its end, such as the processing of files',
  cron: 'a scheduled job',
  static: 'a static site',
};

export interface Cell {
  readonly fits: boolean;
  /** What carries it, or why it does not fit and what does instead. */
  readonly why: string;
}

const yes = (why: string): Cell => ({ fits: true, why });
const no = (why: string): Cell => ({ fits: false, why });

const HANDLER = 'Lambda calls a handler through its runtime interface; a program that runs to its end has none';

const SCALES = 'and a HorizontalPodAutoscaler unless it keeps data, which one replica holds';

const matrix: Readonly<Record<Workload, Readonly<Record<Target, Cell>>>> = {
  service: {
    compose: yes('a service that is started anew when it ends'),
    kubernetes: yes(`Deployment, Service, PodDisruptionBudget, NetworkPolicy, ${SCALES}`),
    lambda: yes(
      'a function of the image with the Lambda Web Adapter: cold starts of a second and more, 15 minutes at most for a request, nothing kept but 512 MB in /tmp',
    ),
    'cloud-run': yes(
      'a service that scales from zero: the first request waits for a start; files written are kept in memory',
    ),
    knative: yes('a Service that scales from zero: the first request waits for a start'),
  },
  static: {
    compose: yes('a service that is started anew when it ends'),
    kubernetes: yes(`Deployment, Service, PodDisruptionBudget, NetworkPolicy, ${SCALES}`),
    lambda: no('a function for each file costs a start and an invocation: put the files into S3 behind CloudFront'),
    'cloud-run': yes('a service that scales from zero'),
    knative: yes('a Service that scales from zero'),
  },
  worker: {
    compose: yes('a service without a port that is started anew when it ends'),
    kubernetes: yes(`Deployment, PodDisruptionBudget, NetworkPolicy, ${SCALES}; no Service, for nothing calls it`),
    lambda: no(
      'a worker waits for its work by itself; on Lambda the queue has to call a handler, which this program has not',
    ),
    'cloud-run': no(
      'it scales by requests and gives the CPU only during one; a worker gets none and would be stopped: use Kubernetes',
    ),
    knative: no('it scales by requests, to zero without them; a worker gets none: use a Deployment'),
  },
  job: {
    compose: yes('a service that runs once: docker compose run --rm app'),
    kubernetes: yes('Job, and a PersistentVolumeClaim for the files that are worked on'),
    lambda: no(
      `${HANDLER}, and 15 minutes and 10 GB of temporary storage are its end: use a Job of Kubernetes or of Cloud Run`,
    ),
    'cloud-run': yes(
      'a Job: 24 hours at most for a task; files written take memory, so large ones belong into a mounted bucket',
    ),
    knative: no('it runs servers; use a Job of Kubernetes'),
  },
  cron: {
    compose: yes(
      'a service that runs once; Compose has no clock, so the machine’s cron starts it: docker compose run --rm app',
    ),
    kubernetes: yes('CronJob'),
    lambda: no(`${HANDLER}: use a CronJob, or a Job of Cloud Run with Cloud Scheduler`),
    'cloud-run': yes('a Job, started by Cloud Scheduler'),
    knative: no('it runs servers; use a CronJob of Kubernetes'),
  },
};

export const cellOf = (workload: Workload, target: Target): Cell => matrix[workload][target];
