"""What a community cannot decide, and the office that does: nationwide numbers of public service.

The names and duties are said in words/{zh,en}.yaml. Emergencies (119, 110, 120, gas) stand on the first screen instead.
"""

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Office:
    icon: str
    what: str  # key of the words for what it deals with
    name: str  # key of the words for who it is
    phone: str  # "" where one goes in person or online


@dataclass(frozen=True, slots=True)
class GasCompany:
    name: str
    phone: str


def gas_company(request: HttpRequest) -> GasCompany | None:
    """Whom to call in this district when it smells of gas; None where nobody has entered it yet."""
    district = request.tenant  # type: ignore[attr-defined]
    return GasCompany(district.gas_company, district.gas_phone) if district.gas_phone else None


def _office(name: str, icon: str, phone: str = "") -> Office:
    return Office(icon, f"web.office.{name}.what", f"web.office.{name}.name", phone)


OFFICES = (
    _office("government", "building-community", "12345"),  # 政务服务便民热线
    _office("legal_aid", "scale", "12348"),  # 公共法律服务热线
    _office("court", "scale", "12368"),  # 人民法院诉讼服务热线
    _office("procuratorate", "scale", "12309"),  # 检察服务热线
    _office("petition", "file"),  # 信访部门, 国家信访局网上信访
    _office("discipline", "eye", "12388"),  # 纪检监察举报电话
    _office("police_conduct", "police", "12389"),  # 公安机关和民警违法违纪举报电话
    _office("labour", "id", "12333"),  # 人力资源和社会保障服务热线
    _office("consumer", "file", "12315"),  # 消费者投诉举报热线
    _office("electricity", "bulb", "95598"),  # 供电服务热线
    _office("women", "users", "12338"),  # 妇女维权热线
    _office("mind", "message", "12356"),  # 全国统一心理援助热线
)
