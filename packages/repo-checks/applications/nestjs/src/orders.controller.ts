import { Body, Controller, Delete, Get, Param, Post, UnprocessableEntityException } from "@nestjs/common";
import { CheckViolationError, type Session } from "@nsj/mdb-core";
import { DatabaseSession } from "@nsj/mdb-nestjs";
import { OrderDao, OrderService } from "./orders.service";

@Controller()
export class OrderController {
  constructor(
    private readonly service: OrderService,
    private readonly orders: OrderDao,
  ) {}

  @Post("orders")
  async place(@Body("item") item: string, @Body("total") total: string) {
    try {
      return await this.service.place(item, total);
    } catch (error) {
      if (error instanceof CheckViolationError) throw new UnprocessableEntityException();
      throw error;
    }
  }

  @Get("orders/:id")
  find(@Param("id") id: string) {
    return this.orders.findById(Number(id));
  }

  @Delete("orders/:id")
  remove(@Param("id") id: string, @DatabaseSession("orders") session: Session) {
    return session.queryOne("delete from orders where id = :id returning item", { id });
  }

  @Get("slow")
  slow() {
    return this.service.slow();
  }

  @Get("events")
  events() {
    return this.service.events();
  }
}
