import {
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  type InjectionToken,
  Module,
  type ModuleMetadata,
  type OptionalFactoryDependency,
  type Provider,
  SetMetadata,
} from "@nestjs/common";
import { APP_INTERCEPTOR } from "@nestjs/core";
import { type TenantOptions, tenantIdOf } from "@nsj/mdb-http";
import { MdbTenantInterceptor } from "./tenant-interceptor.ts";
import { tenantOptionsToken, withoutTenantKey } from "./tokens.ts";

/** What the module of tenants takes when its options come from other providers. */
export interface MdbTenantModuleAsyncOptions<Request, Dependencies extends readonly unknown[] = readonly never[]> {
  readonly imports?: NonNullable<ModuleMetadata["imports"]>;
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  readonly useFactory: (...dependencies: Dependencies) => TenantOptions<Request> | Promise<TenantOptions<Request>>;
}

/**
 * Opens the scope of each HTTP request's tenant, after the guards and around pipes, handler and answer; routes marked {@link WithoutTenant} have
 * none. It looks nothing up: a tenant that does not exist is found out at the first statement. Import it once, beside `MdbModule`.
 */
export class MdbTenantModule {
  static {
    Module({})(MdbTenantModule);
  }

  /**
   * The module with options that are known by now. The type of the request is that of the functions in `from`.
   * The application does not start with a ConfigurationError where an option is wrong.
   */
  static forRoot<Request>(options: TenantOptions<Request>): DynamicModule {
    return tenantModule({ provide: tenantOptionsToken, useValue: options });
  }

  /** The module with options that a factory makes of other providers. */
  static forRootAsync<Request, Dependencies extends readonly unknown[]>(
    options: MdbTenantModuleAsyncOptions<Request, Dependencies>,
  ): DynamicModule {
    const { imports = [], inject = [], useFactory } = options;
    const make = useFactory as (...dependencies: readonly unknown[]) => ReturnType<typeof useFactory>;
    return { ...tenantModule({ provide: tenantOptionsToken, useFactory: make, inject: [...inject] }), imports };
  }
}

function tenantModule(options: Provider): DynamicModule {
  return {
    module: MdbTenantModule,
    providers: [options, { provide: APP_INTERCEPTOR, useClass: MdbTenantInterceptor }],
  };
}

/** A controller, or a method of one, that is for no tenant, such as a health route: its requests need not name any. */
export function WithoutTenant(): ClassDecorator & MethodDecorator {
  return SetMetadata(withoutTenantKey, true);
}

/**
 * A parameter of a controller's method that gets the id of the request's tenant: `list(@Tenant() tenant: string)`; `undefined` where there is none.
 */
export const Tenant: () => ParameterDecorator = createParamDecorator(
  (_data: undefined, context: ExecutionContext): string | undefined => {
    const request = context.switchToHttp().getRequest<object & { readonly raw?: object }>();
    return tenantIdOf(request.raw ?? request);
  },
);
