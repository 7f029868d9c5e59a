"""Invented names for the people of the demo: common surnames and given names, put together by chance."""

from collections.abc import Collection, Iterator
from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺顾毛郝龚邵万钱严"
)
_FIRST = "志建国文永玉秀春晓海红丽桂淑明振金福兴德庆云立宏士广凤雪长成继宝树学景艳亚冬"
_SECOND = "军华明英兰芳强平梅珍霞勇伟杰涛辉斌鹏玲娟燕波林峰刚丹宁安江生祥胜龙荣琴凤莲萍敏静洁颖欣成"


def invented_names(chance: Random, taken: Collection[str]) -> Iterator[str]:
    """Names without end, none twice and none of those taken."""
    used = set(taken)
    while True:
        name = chance.choice(_SURNAMES) + chance.choice(_FIRST) + chance.choice(_SECOND)
        if name not in used and name[1] != name[2]:
            used.add(name)
            yield name
